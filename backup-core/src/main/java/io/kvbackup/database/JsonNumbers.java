package io.kvbackup.database;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * Fractions whose type nobody declares, digit for digit: text that Java gives a {@code double} is one, any other is a
 * {@link BigDecimal}. A decimal that would look like a {@code double} or a whole number is written with a small
 * {@code e}, as in {@code 1e-1}, which no {@code double} is.
 */
final class JsonNumbers {
    private JsonNumbers() {}

    static JsonGenerator exact(JsonGenerator to) {
        return to instanceof Writing ? to : new Writing(to);
    }

    static JsonParser exact(JsonParser from) {
        return new Reading(from);
    }

    private static boolean isDouble(String text) {
        return Double.toString(Double.parseDouble(text)).equals(text);
    }

    private static boolean isWhole(String text) {
        return text.chars().allMatch(c -> c == '-' || (c >= '0' && c <= '9'));
    }

    private static final class Writing extends JsonGeneratorDelegate {
        Writing(JsonGenerator to) {
            super(to, false);
        }

        @Override
        public void writeNumber(BigDecimal value) throws IOException {
            String text = value.toString();
            if (isWhole(text) || isDouble(text)) {
                delegate.writeNumber(value.unscaledValue() + "e" + -value.scale());
            } else {
                delegate.writeNumber(value);
            }
        }

        /** Comes back as a double, and so as the one that it is. */
        @Override
        public void writeNumber(float value) throws IOException {
            delegate.writeNumber((double) value);
        }
    }

    private static final class Reading extends JsonParserDelegate {
        Reading(JsonParser from) {
            super(from);
        }

        private boolean isFraction() {
            return delegate.hasToken(JsonToken.VALUE_NUMBER_FLOAT);
        }

        @Override
        public NumberTypeFP getNumberTypeFP() throws IOException {
            if (!isFraction()) {
                return super.getNumberTypeFP();
            }
            return isDouble(delegate.getText()) ? NumberTypeFP.DOUBLE64 : NumberTypeFP.BIG_DECIMAL;
        }

        @Override
        public Number getNumberValue() throws IOException {
            return isFraction() ? exactValue() : super.getNumberValue();
        }

        @Override
        public Number getNumberValueExact() throws IOException {
            return isFraction() ? exactValue() : super.getNumberValueExact();
        }

        @Override
        public Object getNumberValueDeferred() throws IOException {
            return isFraction() ? exactValue() : super.getNumberValueDeferred();
        }

        private Number exactValue() throws IOException {
            if (isDouble(delegate.getText())) {
                return delegate.getDoubleValue();
            }
            return delegate.getDecimalValue();
        }
    }
}

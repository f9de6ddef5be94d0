package io.kvbackup.cli;

import java.lang.reflect.Constructor;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes commands, and gives the terminal to those that take it. */
final class Commands implements IFactory {
    private final Terminal terminal;

    Commands(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        Optional<Constructor<?>> taking = Arrays.stream(type.getDeclaredConstructors())
                .filter(each -> Arrays.equals(each.getParameterTypes(), new Class<?>[] {Terminal.class}))
                .findFirst();
        return taking.isPresent()
                ? type.cast(taking.get().newInstance(terminal))
                : CommandLine.defaultFactory().create(type);
    }
}

package io.kvbackup.database.mvstore;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kvbackup.fuzz.FuzzContract;
import io.kvbackup.fuzz.FuzzTarget;
import io.kvbackup.fuzz.Mutations;
import java.io.IOException;
import java.util.List;
import java.util.Set;

class SwapPlanFuzzTest extends FuzzContract {
    @Override
    protected List<FuzzTarget> targets() {
        return List.of(new FuzzTarget(
                "plan",
                List.of("6974656d73,6e6f746573".getBytes(UTF_8)),
                Mutations.words().or(Mutations.bytes()),
                bytes -> SwapPlan.maps("plan", new String(bytes, UTF_8)),
                Set.of(IOException.class)));
    }
}

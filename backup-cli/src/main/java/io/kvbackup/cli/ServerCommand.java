package io.kvbackup.cli;

import io.kvbackup.BackupManager;
import io.kvbackup.server.BackupServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "server",
        description =
                "Shows in a browser, and as JSON, how the backups of a store stand; verifies and drills on demand.",
        footer = {
            "",
            "Examples:",
            "  kvbackup server -s /mnt/backups",
            "  KVBACKUP_SERVER_TOKEN=... kvbackup server -s s3://bucket/backups --address 0.0.0.0 --port 9000",
            "",
            "It listens on the loopback address unless told otherwise, and on another one only with a token. The",
            "page is at http://localhost:8420/; docs/guide/server.md describes the JSON."
        })
final class ServerCommand extends StoreCommand {
    static final String TOKEN = "KVBACKUP_SERVER_TOKEN";
    private static final Duration LOOK = Duration.ofHours(1);

    @Option(names = "--port", paramLabel = "PORT", description = "8420 unless given; 0 for any free one.")
    int port = 8420;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            description = "Where to listen; the loopback address unless given.")
    @Nullable
    String address;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "What everybody must know who asks; else the variable " + TOKEN + ".")
    @Nullable
    Path tokenFile;

    ServerCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run(BackupManager manager) throws IOException {
        BackupServer.Builder builder = BackupServer.builder(manager).port(port);
        if (address != null) {
            builder.address(InetAddress.getByName(address));
        }
        token().ifPresent(builder::token);
        try (BackupServer server = builder.start()) {
            String uri = server.uri().toString();
            print(Json.object("uri", uri), () -> out().println("The backups are shown at " + uri));
            out().flush();
            while (!terminal.stop().within(LOOK)) {
                // Until somebody stops it.
            }
            return ExitCode.OK;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while serving");
        }
    }

    private Optional<String> token() throws IOException {
        return tokenFile != null
                ? Optional.of(Files.readString(tokenFile).strip())
                : Optional.ofNullable(terminal.environment().get(TOKEN));
    }
}

package io.kvbackup.examples.folders;

import io.kvbackup.examples.http.Answer;
import io.kvbackup.examples.http.HttpError;
import io.kvbackup.examples.http.HttpHost;
import io.kvbackup.examples.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneId;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the server. */
@Command(name = "folders", mixinStandardHelpOptions = true, sortOptions = false)
public final class FolderServer implements Callable<Integer> {
    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on.")
    private String host = "";

    @Option(names = "--port", defaultValue = "5000", description = "0 for one that is free.")
    private int port;

    @Option(names = "--config", defaultValue = "config.ini", description = "The folders to back up.")
    private Path config = Path.of("");

    @Option(names = "--work", description = "What the server remembers; 'work' beside the configuration unless set.")
    private @Nullable Path work;

    @Option(names = "--store", description = "URI of the store; 'store' beside the configuration unless set.")
    private @Nullable String store;

    public static void main(String[] args) {
        HttpHost.main(new FolderServer(), args);
    }

    @Override
    public Integer call() throws IOException {
        ConfigFile file = new ConfigFile(config);
        FolderBackups backups = new FolderBackups(
                file,
                store != null ? store : file.folder().resolve("store").toUri().toString(),
                work != null ? work : file.folder().resolve("work"),
                Clock.system(ZoneId.systemDefault()));
        backups.recover();
        HttpHost http = new HttpHost(host, port)
                .route("GET", "/", request -> Answer.html(page()))
                .route("GET", "/api/targets", request -> Answer.json(200, backups.names()))
                .route("GET", "/api/status", request -> Answer.json(200, backups.tasks()))
                .route("POST", "/api/clear_error", request -> {
                    backups.clearErrors();
                    return Answer.json(200, backups.tasks());
                })
                .route("POST", "/api/clear_finished", request -> {
                    backups.clearFinished();
                    return Answer.json(200, backups.tasks());
                })
                .route("POST", "/api/:user/:target", request -> request(backups, request));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            http.close();
            HttpHost.closeQuietly(backups::close);
        }));
        http.start("folders");
        return 0;
    }

    private static Answer request(FolderBackups backups, Request request) throws IOException {
        String name = request.part("user") + "_" + request.part("target");
        if (!backups.names().contains(name)) {
            throw HttpError.notFound("config.ini has no section [" + name + "]");
        }
        backups.request(name);
        return Answer.json(200, backups.tasks());
    }

    private static String page() throws IOException {
        try (InputStream page = Objects.requireNonNull(FolderServer.class.getResourceAsStream("index.html"))) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

package io.kvbackup.examples.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kvbackup.model.CorruptBackupException;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/**
 * The HTTP side of a host: the JDK's server, with routes whose paths name their parts, as in {@code /app/:app}; a last
 * part {@code *rest} takes all that follows. Whatever goes wrong is answered by one sentence in JSON; only what nobody
 * expected goes to the log with its trace. Safe for use by several threads once it is started.
 */
public final class HttpHost implements Closeable {
    /** Answers a request. */
    @FunctionalInterface
    public interface Handler {
        Answer answer(Request request) throws IOException;
    }

    /** Looks at a request before it is answered; whoever must not come in gets an {@link HttpError}. */
    @FunctionalInterface
    public interface Guard {
        void check(Request request);
    }

    /** Ends something that may fail to end well. */
    @FunctionalInterface
    public interface End {
        void run() throws IOException;
    }

    private record Route(String method, List<String> pattern, Handler handler) {
        /** The parts of a path that the pattern names, if the path is one of this route. */
        Optional<Map<String, String>> match(String path) {
            boolean open = !pattern.isEmpty() && pattern.get(pattern.size() - 1).startsWith("*");
            List<String> given = open ? segments(path, pattern.size()) : segments(path);
            if (given.size() != pattern.size()) {
                return Optional.empty();
            }
            Map<String, String> parts = new LinkedHashMap<>();
            for (int i = 0; i < given.size(); i++) {
                String wanted = pattern.get(i);
                if (wanted.startsWith(":") || wanted.startsWith("*")) {
                    parts.put(wanted.substring(1), given.get(i));
                } else if (!wanted.equals(given.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(parts);
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(HttpHost.class);
    private static final Pattern SLASH = Pattern.compile("/");
    private static final int THREADS = 16;

    static {
        // Without it the server sends the head of an answer, and the body 40 ms later. It reads this once.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final List<Route> routes = new ArrayList<>();
    private final HttpServer server;
    private final ExecutorService threads;
    private Guard guard = request -> {};

    /** @param port 0 for one that is free */
    public HttpHost(String address, int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), port), 0);
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(THREADS, task -> new Thread(task, "http-" + number.incrementAndGet()));
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    /** Runs the command that starts a host; says why, and ends the process, if it cannot. */
    public static void main(Callable<Integer> command, String... arguments) {
        int code = new CommandLine(command)
                .setExecutionExceptionHandler((failure, line, parsed) -> {
                    System.err.println("The server cannot start: " + failure.getMessage());
                    return 1;
                })
                .execute(arguments);
        if (code != 0) {
            System.exit(code);
        }
    }

    /** For the end of a process, where nobody can do anything about a failure. */
    public static void closeQuietly(End end) {
        try {
            end.run();
        } catch (IOException e) {
            System.err.println("The server stops, but not everything ended well: " + e.getMessage());
        }
    }

    /** Sets what looks at every request. */
    public HttpHost guard(Guard check) {
        guard = check;
        return this;
    }

    /** Adds a route. All are added before the start. */
    public HttpHost route(String method, String pattern, Handler handler) {
        routes.add(new Route(method, segments(pattern), handler));
        return this;
    }

    /** Starts to answer, and says where on the standard output. */
    public void start(String name) throws UnknownHostException {
        server.start();
        InetSocketAddress at = server.getAddress();
        String host = at.getAddress().isAnyLocalAddress()
                ? InetAddress.getLoopbackAddress().getHostAddress()
                : at.getAddress().getHostAddress();
        System.out.println(
                name + " listens on http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + at.getPort());
    }

    /** Without empty ones, so that a slash more or less at the end makes no difference. */
    private static List<String> segments(String path) {
        return SLASH.splitAsStream(path)
                .filter(segment -> !segment.isEmpty())
                .map(segment -> Request.decode(segment.replace("+", "%2B")))
                .toList();
    }

    /** So many, of which the last is all the rest, slashes too; fewer if the path has no more. */
    private static List<String> segments(String path, int count) {
        return Stream.of(SLASH.split(path.substring(1), count))
                .filter(segment -> !segment.isEmpty())
                .map(segment -> Request.decode(segment.replace("+", "%2B")))
                .toList();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Answer answer;
        try {
            answer = dispatch(exchange);
        } catch (HttpError e) {
            answer = Answer.error(e.status(), e.code(), sentence(e));
        } catch (NoSuchFileException e) {
            answer = Answer.error(404, "NOT_FOUND", sentence(e));
        } catch (CorruptBackupException e) {
            answer = Answer.error(500, "BACKUP_DAMAGED", sentence(e));
        } catch (IllegalArgumentException e) {
            answer = Answer.error(400, "INVALID_REQUEST", sentence(e));
        } catch (IOException | RuntimeException | StackOverflowError e) {
            LOG.error(
                    "{} {} failed",
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().getPath(),
                    e);
            answer = Answer.error(500, "INTERNAL_ERROR", sentence(e));
        }
        Request.drain(exchange.getRequestBody());
        send(exchange, answer);
    }

    private static String sentence(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }

    private Answer dispatch(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getRawPath();
        boolean known = false;
        for (Route route : routes) {
            Optional<Map<String, String>> parts = route.match(path);
            if (parts.isPresent()) {
                known = true;
                if (route.method().equals(exchange.getRequestMethod())) {
                    Request request = new Request(exchange, parts.get());
                    guard.check(request);
                    return route.handler().answer(request);
                }
            }
        }
        throw known
                ? new HttpError(
                        405, "METHOD_NOT_ALLOWED", "Method " + exchange.getRequestMethod() + " is not for this address")
                : HttpError.notFound(
                        "There is nothing at " + exchange.getRequestURI().getPath());
    }

    private static void send(HttpExchange exchange, Answer answer) {
        try (exchange) {
            answer.send(exchange);
        } catch (IOException e) {
            LOG.debug("the client went away", e);
        }
    }

    /** Stops to answer; requests under way have a moment to end. */
    @Override
    public void close() {
        server.stop(1);
        threads.shutdownNow();
    }
}

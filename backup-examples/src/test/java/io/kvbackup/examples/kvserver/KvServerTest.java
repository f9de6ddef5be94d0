package io.kvbackup.examples.kvserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kvbackup.examples.http.HostProcess;
import io.kvbackup.examples.http.HostProcess.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process: each of its addresses, with good requests and with bad ones. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KvServerTest {
    private static final List<String> ADDRESSES = List.of(
            "/create",
            "/drop",
            "/set/create",
            "/set/list",
            "/set/put",
            "/set/get",
            "/set/delete",
            "/index/create",
            "/index/create/sortable",
            "/index/drop",
            "/index/query",
            "/index/query/sorted",
            "/index/query/multi-sorted",
            "/backup/create",
            "/backup/list",
            "/backup/restore");

    private HostProcess server;
    private int names;
    private String db = "";

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        server = HostProcess.start(
                KvServer.class,
                Map.of(),
                "--port=0",
                "--data-dir=" + folder.resolve("data"),
                "--storage=" + folder.resolve("backups").toUri(),
                "--backup-interval=0");
    }

    @AfterAll
    void stop() throws InterruptedException {
        server.close();
    }

    @BeforeEach
    void createDatabase() {
        db = "db" + names++;
        post("/create", "{'name':'%s'}").isSuccess();
        post("/set/create", "{'database':'%s','name':'users'}").isSuccess();
    }

    /** With the database's name for each {@code %s}, and single quotes for double ones. */
    private Reply post(String path, String body) {
        return server.post(path, body.replace("%s", db).replace('\'', '"'));
    }

    private Reply put(String key, String value) {
        return post("/set/put", "{'database':'%s','set':'users','key':'" + key + "','value':" + value + "}");
    }

    private Reply get(String key) {
        return post("/set/get", "{'database':'%s','set':'users','key':'" + key + "'}");
    }

    @Test
    void setsHoldJson() {
        put("a", "{'name':'Ada','age':36,'exact':1.10,'tags':['x',null,true]}").isSuccess();

        assertThat(get("a").text())
                .isEqualTo("{\"status\":\"success\",\"data\":"
                        + "{\"name\":\"Ada\",\"age\":36,\"exact\":1.10,\"tags\":[\"x\",null,true]}}");
        assertThat(post("/set/list", "{'database':'%s'}").data().path("sets").toString())
                .isEqualTo("[\"users\"]");
        post("/set/delete", "{'database':'%s','set':'users','key':'a'}").isSuccess();
        get("a").isError(404, "KEY_NOT_FOUND");
        post("/set/delete", "{'database':'%s','set':'users','key':'a'}").isError(404, "KEY_NOT_FOUND");
        post("/set/put", "{'database':'%s','set':'made by put','key':'k','value':null}")
                .isSuccess();
        assertThat(post("/set/get", "{'database':'%s','set':'made by put','key':'k'}")
                        .data()
                        .isNull())
                .isTrue();
    }

    @Test
    void indexesFindBySortAndPage() {
        put("a", "{'team':'red','score':9,'name':'x'}");
        put("b", "{'team':'red','score':10,'name':'y'}");
        put("c", "{'team':'red','name':'z'}");
        put("d", "{'team':'blue','score':1}");
        post("/index/create", "{'database':'%s','set':'users','name':'basic','field':'team'}")
                .isSuccess();
        String sortable = "{'database':'%s','set':'users','name':'sorted','primary_field':'team',"
                + "'sort_fields':['score','name']}";
        assertThat(post("/index/create/sortable", sortable)
                        .isSuccess()
                        .data()
                        .path("index")
                        .asText())
                .isEqualTo("sorted");
        put("b", "{'team':'red','score':8,'name':'y'}");
        put("e", "{'team':'red','score':9,'name':'a'}");

        Reply found = post("/index/query", "{'database':'%s','set':'users','index':'basic','value':'red'}");
        assertThat(found.text()).contains("\"count\":4");
        assertThat(keys(found)).containsExactly("a", "b", "c", "e");
        String query = "{'database':'%s','set':'users','index':'sorted','value':'red',";
        Reply sorted = post(
                "/index/query/sorted",
                query + "'sort':{'field':'score','order':'desc'},'pagination':{'offset':1,'limit':2}}");
        assertThat(keys(sorted)).containsExactly("e", "b");
        assertThat(sorted.json().path("total").asInt()).isEqualTo(4);
        assertThat(keys(post(
                        "/index/query/multi-sorted",
                        query + "'sort':[{'field':'score'},{'field':'name','order':'asc'}]}")))
                .containsExactly("b", "e", "a", "c");
        post("/index/query/sorted", query.replace("sorted", "basic") + "'sort':{'field':'score'}}")
                .isError(400, "INVALID_INDEX_TYPE");
        post("/index/drop", "{'database':'%s','set':'users','name':'basic'}").isSuccess();
        post("/index/query", "{'database':'%s','set':'users','index':'basic','value':'red'}")
                .isError(404, "INDEX_NOT_FOUND");
    }

    private static List<String> keys(Reply reply) {
        List<String> keys = new ArrayList<>();
        reply.isSuccess().data().forEach(hit -> keys.add(hit.path("key").asText()));
        return keys;
    }

    @Test
    void aBackupBringsADatabaseBackWithIndexesAndUser() {
        String user = "{'name':'own " + db + "','auth':{'username':'ada','password':'secret'}}";
        post("/create", user).isSuccess();
        db = "own " + db;
        String auth = "'auth':{'username':'ada','password':'secret'}";
        post("/set/put", "{'database':'%s','set':'s','key':'k','value':{'f':'v'}," + auth + "}")
                .isSuccess();
        post("/index/create", "{'database':'%s','set':'s','name':'i','field':'f'," + auth + "}")
                .isSuccess();
        Reply created = post("/backup/create", "{'database':'%s'}").isSuccess();
        String name = created.data().path("object_name").asText();
        assertThat(name).startsWith("backups/" + db + "/").endsWith(".json");

        post("/set/put", "{'database':'%s','set':'later','key':'k','value':1," + auth + "}")
                .isSuccess();
        JsonNode listed = post("/backup/list", "{'database':'%s'}").data().path("backups");
        assertThat(listed).hasSize(1);
        assertThat(listed.get(0).path("name").asText()).isEqualTo(name);
        assertThat(listed.get(0).path("database").asText()).isEqualTo(db);
        assertThat(listed.get(0).path("size").asLong()).isPositive();
        assertThat(listed.get(0).path("timestamp").asText()).isNotEmpty();
        assertThat(post("/backup/list", "{'database':'%s','names_only':true}")
                        .data()
                        .path("backups")
                        .toString())
                .isEqualTo("[\"" + name + "\"]");
        post("/backup/restore", "{'object_name':'" + name + "'}").isSuccess();

        String query = "{'database':'%s','set':'s','index':'i','value':'v'";
        post("/index/query", query + "}").isError(401, "AUTH_FAILED");
        assertThat(keys(post("/index/query", query + "," + auth + "}"))).containsExactly("k");
        assertThat(post("/set/list", "{'database':'%s'," + auth + "}").data().path("sets"))
                .hasSize(1);
        post("/drop", "{'name':'%s'}").isSuccess();
        post("/backup/restore", "{'backup_name':'" + name + "'}").isSuccess();
        assertThat(server.post(
                                "/set/get",
                                "{\"database\":\"" + db + "\",\"set\":\"s\",\"key\":\"k\"}",
                                "Authorization",
                                "Basic " + base64("ada:secret"))
                        .isSuccess()
                        .text())
                .contains("{\"f\":\"v\"}");
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aBackupOfAllReplacesAll() {
        put("k", "1").isSuccess();
        put("half", "'\\ud800'").isSuccess();
        String name = post("/backup/create", "{}")
                .isSuccess()
                .data()
                .path("object_name")
                .asText();
        assertThat(name).startsWith("backups/full/");
        String other = "{'name':'later " + db + "'}";
        post("/create", other).isSuccess();
        put("k", "2").isSuccess();

        assertThat(post("/backup/list", "{}").text()).contains("\"name\":\"" + name + "\"", "\"database\":\"all\"");
        post("/backup/restore", "{'backup_name':'" + name + "'}").isSuccess();

        assertThat(get("k").data().asInt()).isEqualTo(1);
        assertThat(get("half").text()).contains("\"\\uD800\"");
        post("/drop", other).isError(404, "DB_NOT_FOUND");
    }

    @Test
    void restoresAtOnceFollowOneAnother() {
        put("k", "1").isSuccess();
        String name = post("/backup/create", "{'database':'%s'}")
                .data()
                .path("object_name")
                .asText();
        byte[] body = ("{\"object_name\":\"" + name + "\"}").getBytes(StandardCharsets.UTF_8);
        List<CompletableFuture<Reply>> restores = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            restores.add(server.send("POST", "/backup/restore", body));
        }

        restores.forEach(restore -> restore.join().isSuccess());
        assertThat(get("k").data().asInt()).isEqualTo(1);
    }

    @Test
    void badRequestsGetOneSentence() {
        byte[] large = ("{\"database\":\"" + "x".repeat(10 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
        for (String address : ADDRESSES) {
            for (String body : List.of(
                    "",
                    "no JSON",
                    "[1]",
                    "'text'",
                    "{'name':",
                    "{} {}",
                    "{'a':1,'a':2}",
                    "{'name':7,'database':7,'object_name':{}}",
                    "[".repeat(5000))) {
                post(address, body).isError(400, "INVALID_REQUEST");
            }
            server.send("POST", address, large).join().isError(413, "BODY_TOO_LARGE");
            server.get(address).isError(405, "METHOD_NOT_ALLOWED");
        }
        server.get("/nothing/here").isError(404, "NOT_FOUND");
        server.post("/", "{}").isError(404, "NOT_FOUND");
        post("/server/info", "{}").isSuccess();
    }

    @Test
    void missingAndUnknownNamesAreSaid() {
        for (String address : ADDRESSES) {
            if (!address.startsWith("/backup") && !address.equals("/create")) {
                post(address, "{}").isError(400, "INVALID_REQUEST");
                post(address, "{'database':'none','name':'none','set':'none','key':'k'}")
                        .isError(404, "DB_NOT_FOUND");
            }
        }
        post("/create", "{'name':'%s'}").isError(409, "DB_ALREADY_EXISTS");
        post("/set/create", "{'database':'%s','name':'users'}").isError(409, "SET_ALREADY_EXISTS");
        post("/set/get", "{'database':'%s','set':'none','key':'k'}").isError(404, "SET_NOT_FOUND");
        post("/set/put", "{'database':'%s','set':'users','key':'k'}").isError(400, "INVALID_REQUEST");
        post("/set/put", "{'database':'%s','set':'users','key':'\\ud800','value':1}")
                .isError(400, "INVALID_REQUEST");
        put("k", "1e99999999999").isError(400, "INVALID_REQUEST");
        post("/index/create", "{'database':'%s','set':'none','name':'i','field':'f'}")
                .isError(404, "SET_NOT_FOUND");
        for (String name : List.of("../up", "..", "full", "a/b", "\\u0000", "x".repeat(500))) {
            post("/create", "{'name':'" + name + "'}").isError(400, "INVALID_REQUEST");
        }
        post("/backup/create", "{'database':'none'}").isError(404, "DB_NOT_FOUND");
        post("/backup/list", "{'database':'none'}").isError(404, "DB_NOT_FOUND");
        post("/backup/restore", "{}").isError(400, "INVALID_REQUEST");
        post("/backup/restore", "{'object_name':'backups/none/2026-01-01T00:00:00.000Z.json'}")
                .isError(404, "BACKUP_NOT_FOUND");
        for (String name : List.of("../../etc/passwd", "backups/../x.json", "backups", "/", "\\u0000")) {
            Reply reply = post("/backup/restore", "{'object_name':'" + name + "'}");
            assertThat(reply.status()).as(reply.text()).isIn(400, 404);
        }
    }
}

/** A status API and a page for the backups of a host. */
module io.kvbackup.server {
    requires static transitive org.jspecify;
    requires transitive io.kvbackup.core;
    requires com.fasterxml.jackson.databind;
    requires jdk.httpserver;
    requires org.slf4j;

    exports io.kvbackup.server;
}

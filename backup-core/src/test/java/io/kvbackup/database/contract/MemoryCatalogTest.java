package io.kvbackup.database.contract;

import io.kvbackup.database.DatabaseCatalog;
import io.kvbackup.model.DatabaseBackup;
import io.kvbackup.model.Encoding;
import io.kvbackup.model.SetBackup;

class MemoryCatalogTest extends DatabaseCatalogContract {
    private final MemoryCatalog catalog = new MemoryCatalog();

    @Override
    protected DatabaseCatalog catalog() {
        return catalog;
    }

    @Override
    protected DatabaseBackup header(String name) {
        return DatabaseBackup.of(name, new SetBackup("items", Encoding.TEXT, Encoding.JSON));
    }
}

/** A host with modules of its own. */
module com.example.modular {
    requires io.kvbackup.core;
    // Optional for the library, so a host on the module path names those that it wants.
    requires com.github.luben.zstd_jni;
    requires rocksdbjni;

    opens com.example.modular to com.fasterxml.jackson.databind;
}

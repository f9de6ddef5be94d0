package io.kvbackup.storage.faults;

/** Says what goes wrong with each request. Called by several threads. */
@FunctionalInterface
public interface ProxyScript {
    /** A network without faults. */
    ProxyScript HONEST = request -> ProxyFault.NONE;

    ProxyFault faultFor(ProxyRequest request);
}

package io.kvbackup.examples.benchmark;

import io.kvbackup.examples.LoopbackS3;
import java.io.IOException;

/** The virtual machine of an S3 server: prints its URI, and ends when nobody holds its input open any more. */
public final class S3Process {
    private S3Process() {}

    public static void main(String[] args) throws IOException {
        try (LoopbackS3 server = LoopbackS3.start()) {
            System.out.println(server.uri());
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }
}

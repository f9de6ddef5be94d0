package io.kvbackup.gcs;

/**
 * Addresses of objects in the JSON API.
 *
 * @param host with its scheme, without a slash at the end
 */
record ObjectUrls(String host, GcsPlace place) {
    private static final String API = "/storage/v1/b/";
    private static final String FIELDS = "?fields=name%2Csize%2Cgeneration%2CtimeCreated%2Cmetadata%2CcontentType";

    ObjectUrls {
        host = host.endsWith("/") ? host.substring(0, host.length() - 1) : host;
    }

    /** Whether it is Google itself that answers there. */
    boolean areGoogles() {
        return host.endsWith("://storage.googleapis.com");
    }

    /** Where the object's properties can be read. */
    String properties(String key) {
        return object(key) + FIELDS;
    }

    /** Where content of the object can be read. */
    String download(String key) {
        return object(key) + "?alt=media";
    }

    /** Where content of the object can be sent to. */
    String upload(String key, String uploadType) {
        return host + "/upload" + API + place.bucket() + "/o?uploadType=" + uploadType + "&name="
                + GcsPlace.encode(place.objectName(key));
    }

    private String object(String key) {
        return host + API + place.bucket() + "/o/" + GcsPlace.encode(place.objectName(key));
    }
}

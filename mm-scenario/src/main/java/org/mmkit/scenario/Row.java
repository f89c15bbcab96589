package org.mmkit.scenario;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import org.mmkit.api.Errno;

/** One line of a recording in the making. */
final class Row {

    private final JsonObject json = new JsonObject();

    Row(int line, String kind) {
        json.addProperty("line", line);
        json.addProperty("kind", kind);
    }

    Row put(String name, long value) {
        json.addProperty(name, value);
        return this;
    }

    Row put(String name, String value) {
        json.addProperty(name, value);
        return this;
    }

    Row put(String name, boolean value) {
        json.addProperty(name, value);
        return this;
    }

    Row put(String name, JsonElement value) {
        json.add(name, value);
        return this;
    }

    /** A call that failed with the error number {@code errno}. */
    Row failed(long errno) {
        return put("ret", -1).put("errno", Errno.name(errno));
    }

    JsonObject json() {
        return json;
    }
}

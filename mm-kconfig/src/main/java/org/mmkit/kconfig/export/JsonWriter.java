package org.mmkit.kconfig.export;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes JSON, two blanks a level, in the order of the calls. Confined to one thread. */
public final class JsonWriter {

    private final Appendable out;
    private int depth;
    private boolean fresh = true;
    private boolean named;

    /** A writer to {@code out}. */
    public JsonWriter(Appendable out) {
        this.out = out;
    }

    private void put(String text) {
        try {
            out.append(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void begin() {
        if (named) {
            named = false;
            return;
        }
        if (depth > 0) {
            put(fresh ? "\n" : ",\n");
            put("  ".repeat(depth));
        }
        fresh = false;
    }

    /** Begins an object. */
    public JsonWriter object() {
        return open("{");
    }

    /** Begins an array. */
    public JsonWriter array() {
        return open("[");
    }

    private JsonWriter open(String bracket) {
        begin();
        put(bracket);
        depth++;
        fresh = true;
        return this;
    }

    /** The end of an object. */
    public JsonWriter endObject() {
        return close("}");
    }

    /** The end of an array. */
    public JsonWriter endArray() {
        return close("]");
    }

    private JsonWriter close(String bracket) {
        depth--;
        if (!fresh) {
            put("\n" + "  ".repeat(depth));
        }
        put(bracket);
        fresh = false;
        if (depth == 0) {
            put("\n");
        }
        return this;
    }

    /** The name of the value that follows. */
    public JsonWriter name(String name) {
        begin();
        quote(name);
        put(": ");
        named = true;
        return this;
    }

    /** A text. */
    public JsonWriter value(String text) {
        begin();
        quote(text);
        return this;
    }

    /** A number. */
    public JsonWriter value(long number) {
        begin();
        put(Long.toString(number));
        return this;
    }

    /** True or false. */
    public JsonWriter value(boolean bool) {
        begin();
        put(Boolean.toString(bool));
        return this;
    }

    private void quote(String text) {
        StringBuilder b = new StringBuilder(text.length() + 2).append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> b.append("\\\"");
                case '\\' -> b.append("\\\\");
                case '\n' -> b.append("\\n");
                case '\t' -> b.append("\\t");
                default -> {
                    if (c < 0x20) {
                        b.append(String.format("\\u%04x", (int) c));
                    } else {
                        b.append(c);
                    }
                }
            }
        }
        put(b.append('"').toString());
    }
}

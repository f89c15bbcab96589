package org.mmkit.kconfig.lexer;

import java.nio.charset.StandardCharsets;

/** The keywords by the FNV-1a hash of their bytes. */
final class Keywords {

    private static final int SLOTS = 256;
    private static final byte[][] WORDS = new byte[SLOTS][];
    private static final int[] TOKENS = new int[SLOTS];

    static {
        add("bool", Token.BOOL);
        add("choice", Token.CHOICE);
        add("comment", Token.COMMENT);
        add("config", Token.CONFIG);
        add("def_bool", Token.DEF_BOOL);
        add("def_tristate", Token.DEF_TRISTATE);
        add("default", Token.DEFAULT);
        add("depends", Token.DEPENDS);
        add("endchoice", Token.ENDCHOICE);
        add("endif", Token.ENDIF);
        add("endmenu", Token.ENDMENU);
        add("help", Token.HELP);
        add("hex", Token.HEX);
        add("if", Token.IF);
        add("imply", Token.IMPLY);
        add("int", Token.INT);
        add("mainmenu", Token.MAINMENU);
        add("menu", Token.MENU);
        add("menuconfig", Token.MENUCONFIG);
        add("modules", Token.MODULES);
        add("on", Token.ON);
        add("prompt", Token.PROMPT);
        add("range", Token.RANGE);
        add("select", Token.SELECT);
        add("source", Token.SOURCE);
        add("string", Token.STRING);
        add("transitional", Token.TRANSITIONAL);
        add("tristate", Token.TRISTATE);
        add("visible", Token.VISIBLE);
    }

    private Keywords() {
    }

    private static void add(String word, int token) {
        byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
        int h = Lexer.FNV_OFFSET;
        for (byte b : bytes) {
            h = (h ^ b) * Lexer.FNV_PRIME;
        }
        int i = h & SLOTS - 1;
        while (TOKENS[i] != 0) {
            i = i + 1 & SLOTS - 1;
        }
        WORDS[i] = bytes;
        TOKENS[i] = token;
    }

    /** The keyword's token, or {@link Token#WORD}. */
    static int token(byte[] buffer, int start, int end, int hash) {
        int length = end - start;
        for (int i = hash & SLOTS - 1; TOKENS[i] != 0; i = i + 1 & SLOTS - 1) {
            byte[] word = WORDS[i];
            if (word.length == length) {
                int k = 0;
                while (k < length && word[k] == buffer[start + k]) {
                    k++;
                }
                if (k == length) {
                    return TOKENS[i];
                }
            }
        }
        return Token.WORD;
    }
}

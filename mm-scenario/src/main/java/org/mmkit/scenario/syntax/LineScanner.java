package org.mmkit.scenario.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.mmkit.scenario.syntax.Expression.Name;
import org.mmkit.scenario.syntax.Expression.Negation;
import org.mmkit.scenario.syntax.Expression.NumberLiteral;
import org.mmkit.scenario.syntax.Expression.Product;
import org.mmkit.scenario.syntax.Expression.StringLiteral;
import org.mmkit.scenario.syntax.Expression.Sum;
import org.mmkit.scenario.syntax.Expression.Term;
import org.mmkit.scenario.syntax.Expression.Union;

/** Reads names, punctuation and expressions from one line. Not thread-safe. */
final class LineScanner {

    /** Parentheses and signs inside each other; deeper is refused rather than risk the stack. */
    static final int DEEPEST = 250;

    private final String file;
    private final int line;
    private final String text;
    private final Set<String> variables;
    private int at;
    private int depth;

    /** @param variables the names set so far */
    LineScanner(String file, int line, String text, Set<String> variables) {
        this.file = file;
        this.line = line;
        this.text = text;
        this.variables = variables;
    }

    int position() {
        skipBlanks();
        return at;
    }

    void moveTo(int position) {
        at = position;
    }

    ScenarioException error(int position, String what) {
        return new ScenarioException(file, line, position + 1, what);
    }

    boolean atEnd() {
        skipBlanks();
        return at == text.length() || text.charAt(at) == '#';
    }

    void expectEnd() throws ScenarioException {
        if (!atEnd()) {
            throw error(at, "unexpected " + shown() + "; a statement ends here, or with # and a comment");
        }
    }

    boolean accept(char c) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        return false;
    }

    void expect(char c, String why) throws ScenarioException {
        if (!accept(c)) {
            throw error(at, "expected '" + c + "' " + why + ", found " + shown());
        }
    }

    /** A name, or the empty string when none starts here. */
    String name() {
        skipBlanks();
        if (at == text.length() || !startsName(text.charAt(at))) {
            return "";
        }
        int from = at;
        while (at < text.length() && (startsName(text.charAt(at)) || isDigit(text.charAt(at)))) {
            at++;
        }
        return text.substring(from, at);
    }

    /** A word up to a blank, a comma or a parenthesis: the name of a counter. */
    String counter() throws ScenarioException {
        skipBlanks();
        int from = at;
        while (at < text.length() && !isBlank(text.charAt(at)) && ",()".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        if (from == at) {
            throw error(at, "expected the name of a counter, found " + shown());
        }
        return text.substring(from, at);
    }

    Expression expression() throws ScenarioException {
        if (++depth > DEEPEST) {
            throw error(at, "an expression nested more than " + DEEPEST + " deep; set a name to a part of it first");
        }
        List<Expression> members = new ArrayList<>();
        do {
            members.add(sum());
        } while (accept('|'));
        depth--;
        return members.size() == 1 ? members.get(0) : new Union(members);
    }

    private Expression sum() throws ScenarioException {
        List<Term> terms = new ArrayList<>();
        terms.add(new Term(false, product()));
        while (true) {
            if (accept('+')) {
                terms.add(new Term(false, product()));
            } else if (accept('-')) {
                terms.add(new Term(true, product()));
            } else {
                return terms.size() == 1 ? terms.get(0).value() : new Sum(terms);
            }
        }
    }

    private Expression product() throws ScenarioException {
        List<Expression> factors = new ArrayList<>();
        do {
            factors.add(primary());
        } while (accept('*'));
        return factors.size() == 1 ? factors.get(0) : new Product(factors);
    }

    private Expression primary() throws ScenarioException {
        if (accept('(')) {
            Expression inside = expression();
            expect(')', "to close the parenthesis");
            return inside;
        }
        int from = position();
        boolean negative = false;
        boolean signed = false;
        while (accept('-')) {
            negative = !negative;
            signed = true;
        }
        if (signed) {
            Expression operand = primary();
            return negative ? new Negation(operand) : operand;
        }
        if (accept('"')) {
            int end = text.indexOf('"', at);
            if (end < 0) {
                throw error(from, "a string without its closing '\"'");
            }
            String inside = text.substring(at, end);
            at = end + 1;
            return new StringLiteral(inside);
        }
        if (at < text.length() && isDigit(text.charAt(at))) {
            return number();
        }
        String name = name();
        if (name.isEmpty()) {
            throw error(at, "expected a number, a string, a name or '(', found " + shown());
        }
        if (!variables.contains(name) && !Constants.values().containsKey(name)) {
            throw error(from, "unknown name '" + name + "'; it is neither set before this line nor a constant"
                    + Suggestion.among(Constants.values().keySet(), name));
        }
        return new Name(name, from + 1);
    }

    private Expression number() throws ScenarioException {
        int from = at;
        int base = 10;
        if (text.charAt(at) == '0' && at + 1 < text.length()) {
            char second = text.charAt(at + 1);
            if (second == 'x' || second == 'X') {
                base = 16;
                at += 2;
            } else if (isDigit(second)) {
                base = 8;
                at++;
            }
        }
        int digits = at;
        long value = 0;
        while (at < text.length() && Character.digit(text.charAt(at), base) >= 0 && text.charAt(at) < 128) {
            int digit = Character.digit(text.charAt(at), base);
            if (Long.compareUnsigned(value, Long.divideUnsigned(-1 - digit, base)) > 0) {
                throw error(from, "a number above 64 bits; 0xffffffffffffffff is the largest");
            }
            value = value * base + digit;
            at++;
        }
        if (digits == at && base == 16) {
            throw error(from, "expected hexadecimal digits after 0x");
        }
        int shift = at < text.length() ? suffix(text.charAt(at)) : 0;
        if (shift > 0) {
            at++;
            if (value << shift >>> shift != value) {
                throw error(from, "a number above 64 bits; 0xffffffffffffffff is the largest");
            }
        }
        if (at < text.length() && (isDigit(text.charAt(at)) || startsName(text.charAt(at)))) {
            throw error(from, "'" + text.substring(from, Math.min(at + 1, text.length()))
                    + "' is no number; write decimal, 0x and hexadecimal, or 0 and octal digits, then K, M, G or T if wanted");
        }
        return new NumberLiteral(value << shift);
    }

    private static int suffix(char c) {
        switch (c) {
            case 'K':
                return 10;
            case 'M':
                return 20;
            case 'G':
                return 30;
            case 'T':
                return 40;
            default:
                return 0;
        }
    }

    private String shown() {
        return at == text.length() ? "the end of the line" : "'" + text.substring(at, text.offsetByCodePoints(at, 1)) + "'";
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    static boolean isBlank(char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean startsName(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }
}

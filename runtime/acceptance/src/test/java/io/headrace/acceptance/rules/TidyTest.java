package io.headrace.acceptance.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sizes, names and leftovers, over the whole source tree, tests included. */
class TidyTest {
    /** The aim is 400 and 60; a tenth more is no reason to tear something apart. */
    private static final int FILE_LINES_MAX = 440;

    private static final int METHOD_LINES_MAX = 66;

    private static final Pattern FORBIDDEN_NAME = Pattern.compile(".*(Impl|Manager|Utils?|Helper)");
    private static final Pattern FORBIDDEN_PACKAGE =
            Pattern.compile(".*\\.(internal|util|utils|common|impl|helpers?)(\\..*)?");
    // Written apart, so that this file is tidy itself.
    private static final Pattern LEFTOVER =
            Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");

    private static List<JavaSource> sources = List.of();

    @BeforeAll
    static void parse() throws IOException {
        sources = JavaSource.parse(Project.files(".java"));
        assertThat(sources).hasSizeGreaterThan(50);
    }

    @Test
    void filesAreSmall() throws IOException {
        var tooLong = new ArrayList<String>();
        for (var source : sources) {
            int lines = Files.readAllLines(source.file()).size();
            if (lines > FILE_LINES_MAX) {
                tooLong.add(Project.shown(source.file()) + ": " + lines + " lines");
            }
        }
        assertThat(tooLong).as("files of more than %d lines", FILE_LINES_MAX).isEmpty();
    }

    @Test
    void methodsAreSmall() {
        var tooLong = new ArrayList<String>();
        for (var source : sources) {
            for (var method : source.methods()) {
                if (method.lines() > METHOD_LINES_MAX && !isTable(source, method)) {
                    tooLong.add(
                            "%s: %s has %d lines"
                                    .formatted(
                                            Project.shown(source.file()),
                                            method.name(),
                                            method.lines()));
                }
            }
        }
        assertThat(tooLong).as("methods of more than %d lines", METHOD_LINES_MAX).isEmpty();
    }

    @Test
    void typesAreNamedByWhatTheyAre() {
        assertThat(sources)
                .flatExtracting(JavaSource::types)
                .noneMatch(name -> FORBIDDEN_NAME.matcher(name).matches());
    }

    @Test
    void packagesAreFeaturesAndShallow() {
        var packages = new TreeSet<String>();
        sources.forEach(source -> packages.add(source.packageName()));
        assertThat(packages)
                .allMatch(name -> name.startsWith("io.headrace."))
                .allMatch(name -> name.equals(name.toLowerCase(Locale.ROOT)))
                .noneMatch(name -> FORBIDDEN_PACKAGE.matcher(name).matches())
                .allMatch(name -> name.split("\\.", -1).length <= 3 + 3, "three deep at most");
    }

    @Test
    void everyPackageIsNullMarked() throws IOException {
        var unmarked = new TreeSet<String>();
        for (var source : sources) {
            if (!isMarked(source)) {
                unmarked.add(Project.shown(source.file()));
            }
        }
        assertThat(unmarked).isEmpty();
    }

    @Test
    void nothingIsLeftForLater() throws IOException {
        var found = new ArrayList<String>();
        for (var file :
                Project.files(
                        ".java",
                        ".xml",
                        ".md",
                        ".yaml",
                        ".yml",
                        ".sh",
                        ".js",
                        ".py",
                        "/headrace")) {
            var lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (lines.get(i).indexOf('\t') >= 0 || LEFTOVER.matcher(lines.get(i)).find()) {
                    found.add(Project.shown(file) + ":" + (i + 1) + ": " + lines.get(i).strip());
                }
            }
        }
        assertThat(found).as("tabs and leftovers").isEmpty();
    }

    // The cases of a parameterized test, one after the other, are data.
    private static boolean isTable(JavaSource source, JavaSource.Method method) {
        return source.file().toString().contains("/src/test/")
                && (method.returns().startsWith("Stream<") || method.returns().startsWith("List<"));
    }

    // A package of main and test has its package-info in main.
    private static boolean isMarked(JavaSource source) throws IOException {
        var directory = source.file().getParent();
        if (directory == null) {
            return false;
        }
        var inMain = Path.of(directory.toString().replace("/src/test/java/", "/src/main/java/"));
        return isMarked(directory) || isMarked(inMain);
    }

    private static boolean isMarked(Path directory) throws IOException {
        var info = directory.resolve("package-info.java");
        return Files.exists(info) && Files.readString(info).contains("\n@NullMarked\n");
    }
}

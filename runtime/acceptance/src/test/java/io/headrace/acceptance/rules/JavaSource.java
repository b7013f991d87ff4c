package io.headrace.acceptance.rules;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** What the compiler's parser sees in a file, without compiling it. */
record JavaSource(Path file, String packageName, List<String> types, List<Method> methods) {
    JavaSource {
        types = List.copyOf(types);
        methods = List.copyOf(methods);
    }

    /**
     * A method or constructor.
     *
     * @param returns the return type as written, empty for a constructor
     * @param lines from its modifiers to its last brace
     */
    record Method(String name, String returns, int lines) {}

    static List<JavaSource> parse(List<Path> files) throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            var task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    manager,
                                    null,
                                    List.of("-proc:none"),
                                    null,
                                    manager.getJavaFileObjectsFromPaths(files));
            var positions = Trees.instance(task).getSourcePositions();
            var sources = new ArrayList<JavaSource>();
            for (var unit : task.parse()) {
                sources.add(read(unit, positions));
            }
            return sources;
        }
    }

    private static JavaSource read(CompilationUnitTree unit, SourcePositions positions) {
        var types = new ArrayList<String>();
        var methods = new ArrayList<Method>();
        new TreeScanner<@Nullable Void, @Nullable Void>() {
            @Override
            public @Nullable Void visitClass(ClassTree type, @Nullable Void none) {
                types.add(type.getSimpleName().toString());
                return super.visitClass(type, null);
            }

            @Override
            public @Nullable Void visitMethod(MethodTree method, @Nullable Void none) {
                var lines = unit.getLineMap();
                long first = lines.getLineNumber(positions.getStartPosition(unit, method));
                long last = lines.getLineNumber(positions.getEndPosition(unit, method));
                var returns = Objects.toString(method.getReturnType(), "");
                methods.add(
                        new Method(method.getName().toString(), returns, (int) (last - first + 1)));
                return super.visitMethod(method, null);
            }
        }.scan(unit, null);
        var packageName =
                Optional.ofNullable(unit.getPackageName()).map(Object::toString).orElse("");
        return new JavaSource(Path.of(unit.getSourceFile().toUri()), packageName, types, methods);
    }
}

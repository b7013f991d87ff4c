package io.headrace.node.settings;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/**
 * Reads a YAML file into nodes that know their lines. From the token stream and without data
 * binding: that starts faster, and keeps the lines for the messages.
 */
final class ConfigFile {
    private static final int DEPTH_MAX = 32;

    private final JsonParser parser;

    private ConfigFile(JsonParser parser) {
        this.parser = parser;
    }

    /**
     * The file's top level; an empty file has no members.
     *
     * @throws IOException if it cannot be read or is not YAML with a mapping at its top; the
     *     message is for the person who wrote the file
     */
    static ConfigNode.Mapping read(Path file) throws IOException {
        var factory =
                YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
        try (var parser = factory.createParser(Files.readString(file))) {
            if (parser.nextToken() == null) {
                return new ConfigNode.Mapping(new LinkedHashMap<>(), 1);
            }
            var top = new ConfigFile(parser).node(0);
            if (parser.nextToken() != null) {
                throw new JsonParseException(parser, "more than one document");
            }
            return switch (top) {
                case ConfigNode.Mapping mapping -> mapping;
                case ConfigNode.Nothing nothing ->
                        new ConfigNode.Mapping(new LinkedHashMap<>(), nothing.line());
                case ConfigNode.Scalar scalar -> throw noMapping(scalar);
                case ConfigNode.Sequence sequence -> throw noMapping(sequence);
            };
        } catch (JsonProcessingException e) {
            var location = e.getLocation();
            var line = location == null ? "" : "line " + location.getLineNr() + ": ";
            throw new IOException(line + e.getOriginalMessage().replace('\n', ' '), e);
        }
    }

    private static IOException noMapping(ConfigNode node) {
        return new IOException("line " + node.line() + ": 'key: value' pairs are wanted here");
    }

    private ConfigNode node(int depth) throws IOException {
        if (depth > DEPTH_MAX) {
            throw new JsonParseException(parser, "nested deeper than " + DEPTH_MAX);
        }
        int line = parser.currentTokenLocation().getLineNr();
        return switch (parser.currentToken()) {
            case START_OBJECT -> mapping(depth, line);
            case START_ARRAY -> sequence(depth, line);
            case VALUE_NULL -> new ConfigNode.Nothing(line);
            case VALUE_STRING -> new ConfigNode.Scalar(parser.getText(), true, line);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                    new ConfigNode.Scalar(parser.getText(), false, line);
            case null, default ->
                    throw new JsonParseException(
                            parser, "cannot be read here: " + parser.getText());
        };
    }

    private ConfigNode.Mapping mapping(int depth, int line) throws IOException {
        var members = new LinkedHashMap<String, ConfigNode>();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            members.put(name, node(depth + 1));
        }
        return new ConfigNode.Mapping(members, line);
    }

    private ConfigNode.Sequence sequence(int depth, int line) throws IOException {
        var items = new ArrayList<ConfigNode>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(node(depth + 1));
        }
        return new ConfigNode.Sequence(items, line);
    }
}

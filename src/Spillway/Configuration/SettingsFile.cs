using System.Text;
using System.Text.Json;

namespace Spillway.Configuration;

/// <summary>
/// Reads <c>spillway.json</c> into single settings that know their line. Comments and trailing commas are allowed.
/// The reader's own messages are not shown: they quote the text, which may be a secret that lacks its quotes.
/// </summary>
internal ref struct SettingsFile
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _name;
    private readonly List<Setting> _settings;
    private readonly List<string> _path;
    private Utf8JsonReader _reader;
    private int _line;
    private int _counted;

    private SettingsFile(ReadOnlySpan<byte> bytes, string name)
    {
        _bytes = bytes;
        _name = name;
        _settings = [];
        _path = [];
        _line = 1;
        _reader = new Utf8JsonReader(
            bytes,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }
        );
    }

    /// <param name="text">The file's text.</param>
    /// <param name="name">What its settings' origins call it.</param>
    /// <param name="problems">Gets one error when it is not JSON; then there are no settings.</param>
    public static IReadOnlyList<Setting> Parse(string text, string name, Problems problems)
    {
        // A lone surrogate, which only a caller that did not read a file could bring, becomes U+FFFD here.
        var bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.AsSpan().IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            problems.Add($"{Shown.Name(name)} is empty: the least it may hold is {{}}.");
            return [];
        }
        var file = new SettingsFile(bytes, name);
        try
        {
            file._reader.Read();
            if (file._reader.TokenType == JsonTokenType.StartObject)
            {
                file.ReadSection();
                // Nothing but comments may follow.
                file._reader.Read();
                return file._settings;
            }
            problems.Add($"{Shown.Name(name)} must be one section, in braces: {{ \"Streams\": … }}.");
        }
        catch (JsonException exception)
        {
            var line = (exception.LineNumber ?? 0) + 1;
            problems.Add(
                $"{Shown.Name(name)}:{line} is not JSON: look there, and just above, for a missing comma, quote or brace."
            );
        }
        // An escaped half of a surrogate pair.
        catch (InvalidOperationException)
        {
            problems.Add($"{Shown.Name(name)}:{file.Line()} holds a \\u escape that is no character.");
        }
        return [];
    }

    private void ReadSection()
    {
        while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
        {
            _path.Add(_reader.GetString()!);
            var origin = $"{_name}:{Line()}";
            _reader.Read();
            // Before what it holds, so that an error about the section comes first.
            if (_reader.TokenType == JsonTokenType.StartObject)
            {
                _settings.Add(new Setting([.. _path], SettingValue.Section, SettingLayer.File, origin));
                ReadSection();
            }
            else
                _settings.Add(new Setting([.. _path], ReadValue(), SettingLayer.File, origin));
            _path.RemoveAt(_path.Count - 1);
        }
    }

    private SettingValue ReadValue()
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.String:
                return SettingValue.Of(_reader.GetString()!);
            case JsonTokenType.Number:
                return new SettingValue(SettingShape.Number, Encoding.UTF8.GetString(_reader.ValueSpan), []);
            case JsonTokenType.True:
                return new SettingValue(SettingShape.Boolean, "true", []);
            case JsonTokenType.False:
                return new SettingValue(SettingShape.Boolean, "false", []);
            case JsonTokenType.StartArray:
                var items = new List<SettingValue>();
                while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadValue());
                return SettingValue.Of(items);
            case JsonTokenType.StartObject:
                _reader.Skip();
                return SettingValue.Section;
            default:
                return SettingValue.Null;
        }
    }

    /// <summary>The present token's line, from 1; counts on from the last one asked for.</summary>
    private int Line()
    {
        var start = (int)_reader.TokenStartIndex;
        if (start > _counted)
        {
            _line += _bytes[_counted..start].Count((byte)'\n');
            _counted = start;
        }
        return _line;
    }
}

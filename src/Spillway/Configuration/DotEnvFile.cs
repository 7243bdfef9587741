using System.Text;

namespace Spillway.Configuration;

/// <summary>A variable and where it was given.</summary>
/// <param name="Origin">The name alone for the real environment, <c>NAME in .env:3</c> for the file.</param>
internal sealed record Variable(string Name, string Value, string Origin, bool IsFromFile);

/// <summary>
/// Reads a <c>.env</c> file the way shells and the old system's dotenv agree on: <c>NAME=value</c>, also after <c>export</c>; <c>#</c>
/// begins a comment at the start of a line or after a space; single quotes and backticks hold text as it is, double quotes
/// know <c>\n \r \t \\ \" \$</c>; quotes may span lines; nothing is substituted. The last of two equal names counts.
/// </summary>
internal sealed class DotEnvFile
{
    private readonly string _text;
    private readonly Problems _problems;
    private readonly Dictionary<string, Variable> _variables = new(StringComparer.Ordinal);
    private int _at;
    private int _line = 1;

    private DotEnvFile(string text, Problems problems) => (_text, _problems) = (text.ReplaceLineEndings("\n"), problems);

    /// <summary>Errors give the line but never what is on it: it may be a secret.</summary>
    public static IReadOnlyCollection<Variable> Parse(string text, Problems problems)
    {
        var file = new DotEnvFile(text, problems);
        while (file._at < file._text.Length)
            file.ReadLine();
        return file._variables.Values;
    }

    private void ReadLine()
    {
        var line = _line;
        SkipSpaces();
        if (_at < _text.Length && _text[_at] is not ('#' or '\n'))
        {
            var name = ReadName();
            if (name == "export" && _at < _text.Length && _text[_at] is ' ' or '\t')
            {
                SkipSpaces();
                name = ReadName();
            }
            SkipSpaces();
            if (name.Length == 0 || _at >= _text.Length || _text[_at] != '=')
                _problems.Add($".env:{line} must be NAME=value, a comment that begins with #, or empty.");
            else
            {
                _at++;
                if (ReadValue(line) is { } value)
                    _variables[name] = new Variable(name, value, $"{name} in .env:{line}", IsFromFile: true);
            }
        }
        SkipRest();
    }

    private string ReadName()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '-' or '.'))
            _at++;
        return _text[start.._at];
    }

    private string? ReadValue(int line)
    {
        SkipSpaces();
        if (_at >= _text.Length || _text[_at] is not ('"' or '\'' or '`'))
            return ReadPlain();
        var quote = _text[_at++];
        var value = ReadQuoted(quote);
        if (value is null)
        {
            _problems.Add($".env:{line} has a {quote} that nothing closes.");
            return null;
        }
        SkipSpaces();
        if (_at >= _text.Length || _text[_at] is '\n' or '#')
            return value;
        _problems.Add($".env:{line} has text after the closing {quote}.");
        return null;
    }

    private string ReadPlain()
    {
        var start = _at;
        while (_at < _text.Length && _text[_at] != '\n' && !(_text[_at] == '#' && _text[_at - 1] is ' ' or '\t'))
            _at++;
        return _text[start.._at].Trim();
    }

    private string? ReadQuoted(char quote)
    {
        var value = new StringBuilder();
        for (; _at < _text.Length; _at++)
        {
            var c = _text[_at];
            if (c == quote)
            {
                _at++;
                return value.ToString();
            }
            if (c == '\n')
                _line++;
            if (c == '\\' && quote == '"' && _at + 1 < _text.Length && Unescape(_text[_at + 1]) is { } plain)
            {
                value.Append(plain);
                _at++;
            }
            else
                value.Append(c);
        }
        return null;
    }

    private static char? Unescape(char c) =>
        c switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' or '"' or '$' => c,
            _ => null,
        };

    private void SkipSpaces()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\t')
            _at++;
    }

    private void SkipRest()
    {
        while (_at < _text.Length && _text[_at] != '\n')
            _at++;
        _at++;
        _line++;
    }
}

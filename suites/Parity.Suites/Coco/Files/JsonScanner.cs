using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace Parity.Suites.Coco;

/// <summary>
/// Walks JSON (RFC 8259) in place, value by value, at the speed of a results file of numbers: offsets are 64 bit, nothing is copied.
/// Python's NaN and Infinity, which are no JSON, are read as what they are, so that the entry that has them can be named.
/// </summary>
internal sealed unsafe class JsonScanner
{
    private const int MostNesting = 64;
    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 23).Select(e => double.Parse($"1e{e}", System.Globalization.CultureInfo.InvariantCulture))];

    private readonly byte* _start, _end;
    private byte* _at;
    private bool _first;

    public JsonScanner(byte* start, long offset, long length)
    {
        _start = start;
        _at = start + offset;
        _end = start + length;
        // A byte order mark.
        if (offset == 0 && length >= 3 && start[0] == 0xEF && start[1] == 0xBB && start[2] == 0xBF)
            _at += 3;
    }

    /// <summary>Bytes before the next one.</summary>
    public long Offset => _at - _start;

    /// <summary>The first byte of the next value or sign, spaces skipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public byte Peek()
    {
        byte* at = _at;
        while (at < _end && *at <= ' ')
        {
            if (*at is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
                throw Malformed($"byte 0x{*at:X2}", at);
            at++;
        }
        _at = at;
        return at < _end ? *at : throw Malformed("it ends in the middle", at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Begin(char bracket)
    {
        Take((byte)bracket);
        _first = true;
    }

    /// <summary>Goes on inside a list, in front of an element that is not its first.</summary>
    public void Resume() => _first = true;

    /// <summary>Goes to the value of an object's next field; false behind the last.</summary>
    /// <param name="name">As it stands in the file, unescaped.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool NextField(out ReadOnlySpan<byte> name)
    {
        if (!Next((byte)'}'))
        {
            name = default;
            return false;
        }
        name = String();
        if (name.Contains((byte)'\\'))
            name = Encoding.UTF8.GetBytes(Text(name));
        Take((byte)':');
        return true;
    }

    /// <summary>Goes to an array's next element; false behind the last.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool NextElement() => Next((byte)']');

    /// <summary>Nothing but spaces may follow the outermost value.</summary>
    public void End()
    {
        while (_at < _end)
        {
            if (*_at is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t'))
                throw Malformed("something follows the end", _at);
            _at++;
        }
    }

    /// <summary>A string's bytes between its quotes, escapes as they stand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ReadOnlySpan<byte> String()
    {
        Take((byte)'"');
        byte* from = _at, at = from;
        while (true)
        {
            if (at >= _end)
                throw Malformed("a string has no end", from);
            int window = (int)Math.Min(_end - at, 1 << 30);
            int stop = new ReadOnlySpan<byte>(at, window).IndexOfAny((byte)'"', (byte)'\\');
            if (stop < 0)
            {
                at += window;
                continue;
            }
            at += stop;
            if (*at == (byte)'"')
                break;
            at += 2;
        }
        _at = at + 1;
        if (at - from > int.MaxValue)
            throw Malformed("a string of over 2 GB", from);
        return new ReadOnlySpan<byte>(from, (int)(at - from));
    }

    /// <summary>What the bytes of <see cref="String"/> spell.</summary>
    public string Text(ReadOnlySpan<byte> raw)
    {
        try
        {
            var reader = new System.Text.Json.Utf8JsonReader([(byte)'"', .. raw, (byte)'"']);
            reader.Read();
            return reader.GetString()!;
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidOperationException)
        {
            throw Malformed("a string with a wrong escape or character", _at);
        }
    }

    /// <summary>A number, correctly rounded; infinity beyond the range of double, NaN for Python's NaN; false when the value is no number, and it is skipped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryNumber(out double value)
    {
        value = double.NaN;
        byte c = Peek();
        byte* from = _at, at = from;
        bool negative = c == (byte)'-';
        if (negative)
            at++;
        ulong digits = 0;
        byte* first = at;
        while (at < _end && (uint)(*at - '0') <= 9)
            digits = (digits * 10) + (uint)(*at++ - '0');
        long count = at - first;
        if (count == 0)
            return NotANumber(negative, out value);
        if (count > 1 && *first == (byte)'0')
            throw Malformed("a number begins with 0", from);
        long fraction = 0;
        if (at < _end && *at == (byte)'.')
        {
            byte* point = ++at;
            while (at < _end && (uint)(*at - '0') <= 9)
                digits = (digits * 10) + (uint)(*at++ - '0');
            fraction = at - point;
            if (fraction == 0)
                throw Malformed("a number ends at its point", at);
        }
        // Up to 2^53 by a power of ten that is a double itself, one correctly rounded division remains (Clinger 1990).
        if (count + fraction <= 15 && (at >= _end || (*at | 0x20) != 'e'))
        {
            value = fraction == 0 ? digits : digits / PowersOfTen[fraction];
            if (negative)
                value = -value;
            _at = at;
            return true;
        }
        return SlowNumber(from, at, out value);
    }

    /// <summary>Skips the next value, whatever it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Skip(int depth = 0)
    {
        switch (Peek())
        {
            case (byte)'{':
                Deeper(depth);
                Begin('{');
                while (NextField(out _))
                    Skip(depth + 1);
                break;
            case (byte)'[':
                Deeper(depth);
                Begin('[');
                while (NextElement())
                    Skip(depth + 1);
                break;
            case (byte)'"':
                String();
                break;
            case (byte)'t':
                Word("true"u8);
                break;
            case (byte)'f':
                Word("false"u8);
                break;
            case (byte)'n':
                Word("null"u8);
                break;
            default:
                if (!TryNumber(out _))
                    throw Malformed("this is no value", _at);
                break;
        }
    }

    private void Deeper(int depth)
    {
        if (depth == MostNesting)
            throw Malformed($"it is nested deeper than {MostNesting}", _at);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool Next(byte close)
    {
        byte c = Peek();
        if (c == close)
        {
            _at++;
            _first = false;
            return false;
        }
        if (!_first)
        {
            if (c != (byte)',')
                throw Malformed($"there is no ',' or '{(char)close}'", _at);
            _at++;
            if (Peek() == close)
                throw Malformed("there is a ',' too many", _at);
        }
        _first = false;
        return true;
    }

    private bool NotANumber(bool negative, out double value)
    {
        byte* at = negative ? _at + 1 : _at;
        value = double.NaN;
        if (Follows(at, "Infinity"u8))
{
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
            _at = at + 8;
        }
        else if (!negative && Follows(at, "NaN"u8))
            _at = at + 3;
        else if (negative || *at is not ((byte)'{' or (byte)'[' or (byte)'"' or (byte)'t' or (byte)'f' or (byte)'n'))
            throw Malformed("this is no value", _at);
        else
        {
            Skip();
            return false;
        }
        return true;
    }

    private bool SlowNumber(byte* from, byte* at, out double value)
    {
        if (at < _end && (*at | 0x20) == 'e')
        {
            at++;
            if (at < _end && *at is ((byte)'+' or (byte)'-'))
                at++;
            byte* exponent = at;
            while (at < _end && (uint)(*at - '0') <= 9)
                at++;
            if (at == exponent)
                throw Malformed("a number has no exponent", at);
        }
        _at = at;
        if (!Utf8Parser.TryParse(new ReadOnlySpan<byte>(from, (int)(at - from)), out value, out int used) || used != at - from)
            throw Malformed("this is no number", from);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(byte expected)
    {
        if (Peek() != expected)
            throw Malformed($"there is no '{(char)expected}'", _at);
        _at++;
    }

    private void Word(ReadOnlySpan<byte> word)
    {
        if (!Follows(_at, word))
            throw Malformed("this is no value", _at);
        _at += word.Length;
    }

    private bool Follows(byte* at, ReadOnlySpan<byte> word) => _end - at >= word.Length && new ReadOnlySpan<byte>(at, word.Length).SequenceEqual(word);

    private MalformedJsonException Malformed(string what, byte* at) => new(what, at - _start);
}

using System.Globalization;

namespace KvStore.Hocon;

/// <summary>
/// Typed reading. Every form without a default throws when the path is missing or <c>null</c>; every form throws a
/// <see cref="HoconException"/> at the value's own position when the value is of another type. As HOCON has it, text that
/// looks like a number or boolean reads as one, and numbers and booleans read as text.
/// </summary>
public sealed partial class HoconObject
{
    /// <summary>True when the path is there and not <c>null</c>.</summary>
    public bool Has(string path) => FindValue(path) is not null;

    /// <summary>The text at a path.</summary>
    public string GetString(string path) => Scalar(path, Required(path), "text").Text;

    /// <summary>The text at a path, or the default where there is none.</summary>
    public string? GetString(string path, string? defaultValue) =>
        FindValue(path) is { } node ? Scalar(path, node, "text").Text : defaultValue;

    /// <summary>The whole number at a path.</summary>
    public int GetInt(string path) => Read(path, Required(path), IntNoun, ParseInt);

    /// <summary>The whole number at a path, or the default where there is none.</summary>
    public int GetInt(string path, int defaultValue) => FindValue(path) is { } node ? Read(path, node, IntNoun, ParseInt) : defaultValue;

    /// <summary>The whole number at a path.</summary>
    public long GetLong(string path) => Read(path, Required(path), LongNoun, ParseLong);

    /// <summary>The whole number at a path, or the default where there is none.</summary>
    public long GetLong(string path, long defaultValue) =>
        FindValue(path) is { } node ? Read(path, node, LongNoun, ParseLong) : defaultValue;

    /// <summary>The number at a path.</summary>
    public double GetDouble(string path) => Read(path, Required(path), DoubleNoun, ParseDouble);

    /// <summary>The number at a path, or the default where there is none.</summary>
    public double GetDouble(string path, double defaultValue) =>
        FindValue(path) is { } node ? Read(path, node, DoubleNoun, ParseDouble) : defaultValue;

    /// <summary>The boolean at a path: <c>true</c>, <c>yes</c>, <c>on</c>, or <c>false</c>, <c>no</c>, <c>off</c>.</summary>
    public bool GetBoolean(string path) => Read(path, Required(path), BooleanNoun, ParseBoolean);

    /// <summary>The boolean at a path, or the default where there is none.</summary>
    public bool GetBoolean(string path, bool defaultValue) =>
        FindValue(path) is { } node ? Read(path, node, BooleanNoun, ParseBoolean) : defaultValue;

    /// <summary>
    /// The duration at a path: <c>5s</c>, <c>100 ms</c>, <c>1.5h</c>; a bare number is milliseconds; <c>infinite</c> is
    /// <see cref="Timeout.InfiniteTimeSpan"/>. Negative ones are errors.
    /// </summary>
    public TimeSpan GetDuration(string path) => Read(path, Required(path), DurationNoun, HoconUnits.ParseDuration);

    /// <summary>The duration at a path, or the default where there is none.</summary>
    public TimeSpan GetDuration(string path, TimeSpan defaultValue) =>
        FindValue(path) is { } node ? Read(path, node, DurationNoun, HoconUnits.ParseDuration) : defaultValue;

    /// <summary>
    /// The size at a path, in bytes: <c>64k</c> and <c>64 KiB</c> are 65536, <c>64kB</c> and <c>64KB</c> are 64000. A bare
    /// number is bytes. Negative ones are errors. (Akka.NET reads <c>kB</c>, and throws for <c>KB</c>.)
    /// </summary>
    public long GetByteSize(string path) => Read(path, Required(path), SizeNoun, HoconUnits.ParseByteSize);

    /// <summary>The size in bytes at a path, or the default where there is none.</summary>
    public long GetByteSize(string path, long defaultValue) =>
        FindValue(path) is { } node ? Read(path, node, SizeNoun, HoconUnits.ParseByteSize) : defaultValue;

    /// <summary>The list of texts at a path.</summary>
    public IReadOnlyList<string> GetStringList(string path) => StringList(path, Required(path));

    /// <summary>The list of texts at a path, or the default where there is none.</summary>
    public IReadOnlyList<string> GetStringList(string path, IReadOnlyList<string> defaultValue) =>
        FindValue(path) is { } node ? StringList(path, node) : defaultValue;

    /// <summary>The object at a path.</summary>
    public HoconObject GetObject(string path) => ObjectAt(path, Required(path));

    /// <summary>The object at a path, or the default where there is none.</summary>
    public HoconObject GetObject(string path, HoconObject defaultValue) =>
        FindValue(path) is { } node ? ObjectAt(path, node) : defaultValue;

    private const string IntNoun = "a whole number between -2147483648 and 2147483647";
    private const string LongNoun = "a whole number of 64 bits";
    private const string DoubleNoun = "a number";
    private const string BooleanNoun = "true or false";
    private const string DurationNoun = "a duration such as 500ms, 5s or 10 minutes";
    private const string SizeNoun = "a size in bytes such as 512, 64k or 16 MiB";

    private const NumberStyles FloatStyle = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private HoconNode? FindValue(string path) =>
        Find(path) is { } node and not HoconScalar { Kind: HoconScalarKind.Null } ? node : null;

    private HoconNode Required(string path) => FindValue(path) ?? throw (Find(path) is { } found
        ? new HoconException(found.Position, $"{path} needs a value, found null")
        : new HoconException(PositionToward(path), $"{path} is missing"));

    /// <summary>Where the innermost object stands that the path does reach: what is missing is missing there.</summary>
    private SourcePosition PositionToward(string path)
    {
        var reached = this;
        foreach (var key in HoconPath.Parse(path))
        {
            if (reached.FindKey(key) is not HoconObject next)
                break;
            reached = next;
        }
        return reached.Position;
    }

    private static T Read<T>(string path, HoconNode node, string expected, Func<string, T?> reader)
        where T : struct =>
        node is HoconScalar scalar && reader(scalar.Text) is { } value ? value : throw WrongType(path, node, expected);

    private static HoconScalar Scalar(string path, HoconNode node, string expected) =>
        node as HoconScalar ?? throw WrongType(path, node, expected);

    private static HoconObject ObjectAt(string path, HoconNode node) => node as HoconObject ?? throw WrongType(path, node, "an object");

    private static List<string> StringList(string path, HoconNode node)
    {
        var array = node as HoconArray ?? throw WrongType(path, node, "a list");
        var texts = new List<string>(array.Items.Count);
        for (var i = 0; i < array.Items.Count; i++)
        {
            texts.Add(array.Items[i] is HoconScalar { Kind: not HoconScalarKind.Null } item
                ? item.Text
                : throw WrongType($"{path}[{i}]", array.Items[i], "text"));
        }
        return texts;
    }

    private static HoconException WrongType(string path, HoconNode node, string expected) =>
        new(node.Position, $"{path} must be {expected}, found {node.Noun}");

    private static int? ParseInt(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static long? ParseLong(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static double? ParseDouble(string text) =>
        double.TryParse(text, FloatStyle, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : null;

    private static bool? ParseBoolean(string text) => text switch
    {
        "true" or "yes" or "on" => true,
        "false" or "no" or "off" => false,
        _ => null,
    };
}

namespace KvStore.Hocon;

/// <summary>
/// Settings from outside the files: the command line and the environment. They go in front:
/// <c>overrides.WithFallback(file)</c>.
/// </summary>
public static partial class HoconOverrides
{
    /// <summary>
    /// Reads <c>path=value</c> arguments, a later one over an earlier. The value is HOCON: <c>kv.gateway.port=6200</c>,
    /// <c>akka.cluster.roles=[a, b]</c>, <c>kv.gateway={ port = 0 }</c>. Errors name the argument by its path
    /// (<c>--set kv.gateway.port=…:1:18: …</c>) and leave out the value, which may be a secret. Substitutions see this argument
    /// and the environment.
    /// </summary>
    /// <exception cref="HoconException">An argument is not of that form, or its value is not HOCON.</exception>
    public static HoconObject FromArguments(IEnumerable<string> arguments, HoconOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var all = HoconObject.Empty;
        foreach (var argument in arguments)
        {
            var separator = argument.IndexOf('=', StringComparison.Ordinal);
            if (separator <= 0)
                throw new HoconException($"--set {string.Concat(argument.TakeWhile(IsPathChar))}", 1, 1, "expected path=value");
            var source = $"--set {argument[..separator]}=…";
            if (argument[separator - 1] == '+')
                throw new HoconException(source, 1, separator, "an argument cannot append; write the whole list as path=[…]");
            all = HoconDocument.Parse(argument, source, options).WithFallback(all);
        }
        return all;
    }

    private static bool IsPathChar(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_';
}

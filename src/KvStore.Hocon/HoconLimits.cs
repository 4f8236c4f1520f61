namespace KvStore.Hocon;

/// <summary>
/// The bounds of a configuration. They are far above any real one, and low enough that no text can exhaust the stack or
/// the memory of the process that reads it.
/// </summary>
public static class HoconLimits
{
    /// <summary>Objects and lists inside each other, dotted keys counted by element: parser, renderer and merge recurse.</summary>
    public const int MaxNesting = 64;

    /// <summary>The same once substitutions have put objects into objects.</summary>
    public const int MaxResolvedNesting = 2 * MaxNesting;

    /// <summary>Files that include each other in a chain: deeper is a mistake long before it is a design.</summary>
    public const int MaxIncludeDepth = 16;

    /// <summary>Include statements in one document, since each level of a chain may include the next more than once.</summary>
    public const int MaxIncludes = 256;

    /// <summary>Characters of one source: a bigger one is a data file given by mistake.</summary>
    public const int MaxTextLength = 1024 * 1024;

    /// <summary>Values resolved inside the resolution of each other (substitutions of substitutions): resolution recurses.</summary>
    public const int MaxResolutionDepth = 256;

    /// <summary>Values and parts of values looked at in all, since references in a circle may multiply at every step.</summary>
    public const int MaxResolutionSteps = 2_000_000;

    /// <summary>
    /// Characters that a resolved document may render to, roughly: a few lines that double each other would otherwise
    /// expand without bound.
    /// </summary>
    public const int MaxExpandedLength = 16 * 1024 * 1024;
}

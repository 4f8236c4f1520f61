using System.Globalization;

namespace KvStore.Actors.Event;

/// <summary>
/// What one writes to a log: a text, or a format with numbered places and its arguments. The overloads are exactly those of
/// <c>Akka.Event.LoggingExtensions</c>: up to six arguments, more of them in an array that the caller makes. One with <c>params</c>
/// would take calls that do not compile on Akka.NET.
/// </summary>
public static class LoggingExtensions
{
    /// <summary>Writes for those who look for a fault.</summary>
    public static void Debug(this ILoggingAdapter log, string format) => Write(log, LogLevel.DebugLevel, null, format, []);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug(this ILoggingAdapter log, Exception? cause, string format) => Write(log, LogLevel.DebugLevel, cause, format, []);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1>(this ILoggingAdapter log, string format, T1 arg1) => Write(log, LogLevel.DebugLevel, null, format, [arg1]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1) => Write(log, LogLevel.DebugLevel, cause, format, [arg1]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) => Write(log, LogLevel.DebugLevel, null, format, [arg1, arg2]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2) =>
        Write(log, LogLevel.DebugLevel, cause, format, [arg1, arg2]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, LogLevel.DebugLevel, null, format, [arg1, arg2, arg3]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, LogLevel.DebugLevel, cause, format, [arg1, arg2, arg3]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        Write(log, LogLevel.DebugLevel, null, format, [arg1, arg2, arg3, arg4]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        Write(log, LogLevel.DebugLevel, cause, format, [arg1, arg2, arg3, arg4]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        Write(log, LogLevel.DebugLevel, null, format, [arg1, arg2, arg3, arg4, arg5]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        Write(log, LogLevel.DebugLevel, cause, format, [arg1, arg2, arg3, arg4, arg5]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6) =>
        Write(log, LogLevel.DebugLevel, null, format, [arg1, arg2, arg3, arg4, arg5, arg6]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6) =>
        Write(log, LogLevel.DebugLevel, cause, format, [arg1, arg2, arg3, arg4, arg5, arg6]);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug(this ILoggingAdapter log, string format, object?[] args) => Write(log, LogLevel.DebugLevel, null, format, args);

    /// <inheritdoc cref="Debug(ILoggingAdapter, string)"/>
    public static void Debug(this ILoggingAdapter log, Exception? cause, string format, object?[] args) => Write(log, LogLevel.DebugLevel, cause, format, args);

    /// <summary>Writes for those who watch a node.</summary>
    public static void Info(this ILoggingAdapter log, string format) => Write(log, LogLevel.InfoLevel, null, format, []);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info(this ILoggingAdapter log, Exception? cause, string format) => Write(log, LogLevel.InfoLevel, cause, format, []);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1>(this ILoggingAdapter log, string format, T1 arg1) => Write(log, LogLevel.InfoLevel, null, format, [arg1]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1) => Write(log, LogLevel.InfoLevel, cause, format, [arg1]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) => Write(log, LogLevel.InfoLevel, null, format, [arg1, arg2]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2) =>
        Write(log, LogLevel.InfoLevel, cause, format, [arg1, arg2]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, LogLevel.InfoLevel, null, format, [arg1, arg2, arg3]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, LogLevel.InfoLevel, cause, format, [arg1, arg2, arg3]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        Write(log, LogLevel.InfoLevel, null, format, [arg1, arg2, arg3, arg4]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        Write(log, LogLevel.InfoLevel, cause, format, [arg1, arg2, arg3, arg4]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        Write(log, LogLevel.InfoLevel, null, format, [arg1, arg2, arg3, arg4, arg5]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        Write(log, LogLevel.InfoLevel, cause, format, [arg1, arg2, arg3, arg4, arg5]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6) =>
        Write(log, LogLevel.InfoLevel, null, format, [arg1, arg2, arg3, arg4, arg5, arg6]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6) =>
        Write(log, LogLevel.InfoLevel, cause, format, [arg1, arg2, arg3, arg4, arg5, arg6]);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info(this ILoggingAdapter log, string format, object?[] args) => Write(log, LogLevel.InfoLevel, null, format, args);

    /// <inheritdoc cref="Info(ILoggingAdapter, string)"/>
    public static void Info(this ILoggingAdapter log, Exception? cause, string format, object?[] args) => Write(log, LogLevel.InfoLevel, cause, format, args);

    /// <summary>Writes that something is not as it should be.</summary>
    public static void Warning(this ILoggingAdapter log, string format) => Write(log, LogLevel.WarningLevel, null, format, []);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning(this ILoggingAdapter log, Exception? cause, string format) => Write(log, LogLevel.WarningLevel, cause, format, []);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1>(this ILoggingAdapter log, string format, T1 arg1) => Write(log, LogLevel.WarningLevel, null, format, [arg1]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1) =>
        Write(log, LogLevel.WarningLevel, cause, format, [arg1]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) =>
        Write(log, LogLevel.WarningLevel, null, format, [arg1, arg2]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2) =>
        Write(log, LogLevel.WarningLevel, cause, format, [arg1, arg2]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, LogLevel.WarningLevel, null, format, [arg1, arg2, arg3]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, LogLevel.WarningLevel, cause, format, [arg1, arg2, arg3]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        Write(log, LogLevel.WarningLevel, null, format, [arg1, arg2, arg3, arg4]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        Write(log, LogLevel.WarningLevel, cause, format, [arg1, arg2, arg3, arg4]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        Write(log, LogLevel.WarningLevel, null, format, [arg1, arg2, arg3, arg4, arg5]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        Write(log, LogLevel.WarningLevel, cause, format, [arg1, arg2, arg3, arg4, arg5]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6) =>
        Write(log, LogLevel.WarningLevel, null, format, [arg1, arg2, arg3, arg4, arg5, arg6]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6) =>
        Write(log, LogLevel.WarningLevel, cause, format, [arg1, arg2, arg3, arg4, arg5, arg6]);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning(this ILoggingAdapter log, string format, object?[] args) => Write(log, LogLevel.WarningLevel, null, format, args);

    /// <inheritdoc cref="Warning(ILoggingAdapter, string)"/>
    public static void Warning(this ILoggingAdapter log, Exception? cause, string format, object?[] args) => Write(log, LogLevel.WarningLevel, cause, format, args);

    /// <summary>Writes that something failed.</summary>
    public static void Error(this ILoggingAdapter log, string format) => Write(log, LogLevel.ErrorLevel, null, format, []);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error(this ILoggingAdapter log, Exception? cause, string format) => Write(log, LogLevel.ErrorLevel, cause, format, []);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1>(this ILoggingAdapter log, string format, T1 arg1) => Write(log, LogLevel.ErrorLevel, null, format, [arg1]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1) => Write(log, LogLevel.ErrorLevel, cause, format, [arg1]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2) => Write(log, LogLevel.ErrorLevel, null, format, [arg1, arg2]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2) =>
        Write(log, LogLevel.ErrorLevel, cause, format, [arg1, arg2]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2, T3>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, LogLevel.ErrorLevel, null, format, [arg1, arg2, arg3]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2, T3>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3) =>
        Write(log, LogLevel.ErrorLevel, cause, format, [arg1, arg2, arg3]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2, T3, T4>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        Write(log, LogLevel.ErrorLevel, null, format, [arg1, arg2, arg3, arg4]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2, T3, T4>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4) =>
        Write(log, LogLevel.ErrorLevel, cause, format, [arg1, arg2, arg3, arg4]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2, T3, T4, T5>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        Write(log, LogLevel.ErrorLevel, null, format, [arg1, arg2, arg3, arg4, arg5]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2, T3, T4, T5>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5) =>
        Write(log, LogLevel.ErrorLevel, cause, format, [arg1, arg2, arg3, arg4, arg5]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6) =>
        Write(log, LogLevel.ErrorLevel, null, format, [arg1, arg2, arg3, arg4, arg5, arg6]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error<T1, T2, T3, T4, T5, T6>(this ILoggingAdapter log, Exception? cause, string format, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6) =>
        Write(log, LogLevel.ErrorLevel, cause, format, [arg1, arg2, arg3, arg4, arg5, arg6]);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error(this ILoggingAdapter log, string format, object?[] args) => Write(log, LogLevel.ErrorLevel, null, format, args);

    /// <inheritdoc cref="Error(ILoggingAdapter, string)"/>
    public static void Error(this ILoggingAdapter log, Exception? cause, string format, object?[] args) => Write(log, LogLevel.ErrorLevel, cause, format, args);

    private static void Write(ILoggingAdapter log, LogLevel level, Exception? cause, string format, object?[] args)
    {
        if (log.IsEnabled(level))
            log.Log(level, cause, args.Length == 0 ? format : Format(format, args));
    }

    // A broken format string is the writer's mistake, and no reason to fail what is being logged about.
    private static string Format(string format, object?[] args)
    {
        try
        {
            return string.Format(CultureInfo.InvariantCulture, format, args);
        }
        catch (Exception e)
        {
            return $"{format} [{string.Join(", ", args.Select(static arg => arg?.GetType().Name ?? "null"))}] ({e.Message})";
        }
    }
}

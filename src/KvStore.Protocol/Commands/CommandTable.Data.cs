using static KvStore.Protocol.Commands.CommandFlags;

namespace KvStore.Protocol.Commands;

/// <content>The commands on data: strings, and keys as such.</content>
public sealed partial class CommandTable
{
    private static CommandSpec[] Strings() =>
    [
        OneKey("get", 2, ReadOnly | Fast, "string", "key", "Get the value of a key", StringCommands.Get),
        OneKey(
            "set", -3, Write | DenyOom, "string",
            "key value [NX | XX] [GET] [EX seconds | PX milliseconds | EXAT unix-seconds | PXAT unix-milliseconds | KEEPTTL]",
            "Set the string value of a key", SetCommand.Set),
        OneKey(
            "put", 3, Write | DenyOom | Extension, "string", "key value",
            "Set a key; in a text line the value is the rest of the line", StringCommands.Put),
        Keys("mget", -2, ReadOnly | Fast, "string", "key [key ...]", "Get the values of all the given keys",
            StringCommands.MultiGet, complexity: "O(N) where N is the number of keys to retrieve."),
        Keys("mset", -3, Write | DenyOom, "string", "key value [key value ...]", "Set multiple keys to multiple values",
            StringCommands.MultiSet, step: 2, since: "1.0.1", complexity: "O(N) where N is the number of keys to set."),
        OneKey(
            "getset", 3, Write | DenyOom | Fast, "string", "key value",
            "Set the string value of a key and return its old value", StringCommands.GetSet),
        OneKey(
            "getdel", 2, Write | Fast, "string", "key", "Get the value of a key and delete the key",
            StringCommands.GetDel, since: "6.2.0"),
        OneKey(
            "append", 3, Write | DenyOom | Fast, "string", "key value", "Append a value to a key",
            StringCommands.Append, since: "2.0.0", complexity: "O(N) where N is the length of the whole value."),
        OneKey(
            "strlen", 2, ReadOnly | Fast, "string", "key", "Get the length of the value stored in a key",
            StringCommands.StringLength, since: "2.2.0"),
        OneKey(
            "incr", 2, Write | DenyOom | Fast, "string", "key", "Increment the integer value of a key by one",
            CounterCommands.Increment),
        OneKey(
            "decr", 2, Write | DenyOom | Fast, "string", "key", "Decrement the integer value of a key by one",
            CounterCommands.Decrement),
        OneKey(
            "incrby", 3, Write | DenyOom | Fast, "string", "key increment",
            "Increment the integer value of a key by the given amount", CounterCommands.IncrementBy),
        OneKey(
            "decrby", 3, Write | DenyOom | Fast, "string", "key decrement",
            "Decrement the integer value of a key by the given number", CounterCommands.DecrementBy),
    ];

    private static CommandSpec[] Keys() =>
    [
        Keys("del", -2, Write, "generic", "key [key ...]", "Delete a key", KeyCommands.Delete,
            complexity: "O(N) where N is the number of keys that will be removed."),
        Keys("exists", -2, ReadOnly | Fast, "generic", "key [key ...]", "Determine if a key exists", KeyCommands.Exists,
            complexity: "O(N) where N is the number of keys to check."),
        OneKey(
            "expire", -3, Write | Fast, "generic", "key seconds [NX | XX | GT | LT]", "Set a key's time to live in seconds",
            ExpiryCommands.Expire),
        OneKey(
            "pexpire", -3, Write | Fast, "generic", "key milliseconds [NX | XX | GT | LT]",
            "Set a key's time to live in milliseconds", ExpiryCommands.PExpire, since: "2.6.0"),
        OneKey(
            "expireat", -3, Write | Fast, "generic", "key unix-seconds [NX | XX | GT | LT]",
            "Set the expiration for a key as a UNIX timestamp", ExpiryCommands.ExpireAt, since: "1.2.0"),
        OneKey(
            "pexpireat", -3, Write | Fast, "generic", "key unix-milliseconds [NX | XX | GT | LT]",
            "Set the expiration for a key as a UNIX timestamp specified in milliseconds", ExpiryCommands.PExpireAt, since: "2.6.0"),
        OneKey("ttl", 2, ReadOnly | Fast, "generic", "key", "Get the time to live for a key in seconds", ExpiryCommands.Ttl),
        OneKey(
            "pttl", 2, ReadOnly | Fast, "generic", "key", "Get the time to live for a key in milliseconds",
            ExpiryCommands.PTtl, since: "2.6.0"),
        OneKey(
            "expiretime", 2, ReadOnly | Fast, "generic", "key", "Get the expiration Unix timestamp for a key",
            ExpiryCommands.ExpireTime, since: "7.0.0"),
        OneKey(
            "pexpiretime", 2, ReadOnly | Fast, "generic", "key", "Get the expiration Unix timestamp for a key in milliseconds",
            ExpiryCommands.PExpireTime, since: "7.0.0"),
        OneKey(
            "persist", 2, Write | Fast, "generic", "key", "Remove the expiration from a key", ExpiryCommands.Persist, since: "2.2.0"),
        OneKey("type", 2, ReadOnly | Fast, "generic", "key", "Determine the type stored at key", KeyCommands.Type),
        new(
            "keys", 2, ReadOnly | Dangerous, "generic", "pattern", "Find all keys matching the given pattern", KeyCommands.Keys)
        {
            Complexity = "O(N) with N being the number of keys in the database",
        },
        new(
            "scan", -2, ReadOnly, "generic", "cursor [MATCH pattern] [COUNT count] [TYPE type]",
            "Incrementally iterate the keys space", KeyCommands.Scan)
        {
            Since = "2.8.0",
            Complexity = "O(1) for every call. O(N) for a complete iteration.",
        },
    ];

    private static CommandSpec OneKey(
        string name, int arity, CommandFlags flags, string group, string syntax, string summary, CommandMethod method,
        string since = "1.0.0", string complexity = "O(1)") =>
        new(name, arity, flags, group, syntax, summary, method)
        {
            FirstKey = 1,
            LastKey = 1,
            KeyStep = 1,
            Since = since,
            Complexity = complexity,
        };

    private static CommandSpec Keys(
        string name, int arity, CommandFlags flags, string group, string syntax, string summary, CommandMethod method,
        int step = 1, string since = "1.0.0", string complexity = "O(1)") =>
        new(name, arity, flags, group, syntax, summary, method)
        {
            FirstKey = 1,
            LastKey = -1,
            KeyStep = step,
            Since = since,
            Complexity = complexity,
        };
}

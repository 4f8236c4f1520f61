namespace KvStore.Simulator.Disk;

/// <summary>
/// The names of a folder: those that a process sees, and those that are on the platter. What was changed and not synced reaches it in
/// order, as through the journal of a file system: a power cut leaves the first changes.
/// </summary>
internal sealed class SimulatedFolder
{
    private readonly SortedDictionary<string, FileContent> _names = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, FileContent> _synced = new(StringComparer.Ordinal);
    private readonly List<NameChange> _changes = [];

    /// <summary>The names that a process sees, in ordinal order.</summary>
    public IReadOnlyList<string> Names => [.. _names.Keys];

    /// <summary>The bytes of all files that have a name, reserved ones included.</summary>
    public long Bytes
    {
        get
        {
            long bytes = 0;
            foreach (var content in _names.Values)
                bytes += content.Length;
            return bytes;
        }
    }

    /// <summary>Files that have a name, and kept it if the power were cut, in the order of their names.</summary>
    public IEnumerable<KeyValuePair<string, FileContent>> Synced =>
        _synced.Where(file => _names.TryGetValue(file.Key, out var content) && ReferenceEquals(content, file.Value));

    /// <summary>The file of a name; null when there is none.</summary>
    public FileContent? Find(string name) => _names.GetValueOrDefault(name);

    /// <summary>Gives a file a name, in place of whatever has it.</summary>
    public void Link(string name, FileContent content) => Change(new NameChange(Removed: null, name, content));

    /// <summary>Gives a file that has a name another one, at once.</summary>
    public void Rename(string name, string to) => Change(new NameChange(name, to, _names[name]));

    /// <summary>Takes a name away, if it is there.</summary>
    public void Remove(string name)
    {
        if (_names.ContainsKey(name))
            Change(new NameChange(name, Added: null, Content: null));
    }

    /// <summary>The names survive a power cut from here on.</summary>
    public void Sync() => Settle(_changes.Count);

    /// <summary>Names and contents survive a power cut from here on.</summary>
    public void WriteBack()
    {
        Sync();
        foreach (var content in _names.Values)
            content.Sync();
    }

    /// <summary>Loses names, and what was written and not synced, as the faults say.</summary>
    public void Lose(PowerLoss loss, DiskFaults faults, Random random, DiskCounters counters)
    {
        var kept = loss switch
        {
            PowerLoss.Nothing => _changes.Count,
            PowerLoss.All => 0,
            _ => random.Next(_changes.Count + 1),
        };
        counters.NamesLost += _changes.Count - kept;
        Settle(kept);
        _names.Clear();
        foreach (var (name, content) in _synced)
        {
            content.Lose(loss, faults, random, counters);
            _names.Add(name, content);
        }
    }

    /// <summary>A copy of its own.</summary>
    /// <param name="copies">Filled with the copy of each file.</param>
    public SimulatedFolder Clone(Dictionary<FileContent, FileContent> copies)
    {
        var clone = new SimulatedFolder();
        foreach (var (name, content) in _names)
            clone._names.Add(name, Copy(content));
        foreach (var (name, content) in _synced)
            clone._synced.Add(name, Copy(content));
        foreach (var change in _changes)
            clone._changes.Add(change with { Content = change.Content is { } content ? Copy(content) : null });
        return clone;

        FileContent Copy(FileContent content)
        {
            if (!copies.TryGetValue(content, out var copy))
                copies.Add(content, copy = content.Clone());
            return copy;
        }
    }

    private void Change(NameChange change)
    {
        change.Apply(_names);
        _changes.Add(change);
    }

    private void Settle(int count)
    {
        foreach (var change in _changes.Take(count))
            change.Apply(_synced);
        _changes.Clear();
    }

    private sealed record NameChange(string? Removed, string? Added, FileContent? Content)
    {
        public void Apply(SortedDictionary<string, FileContent> names)
        {
            if (Removed is not null)
                names.Remove(Removed);
            if (Added is not null)
                names[Added] = Content!;
        }
    }
}

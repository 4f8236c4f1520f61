using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("KvStore.Actors.Tests")]

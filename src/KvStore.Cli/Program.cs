using KvStore.Cli;

using var input = Console.OpenStandardInput();
using var output = Console.OpenStandardOutput();
using var error = Console.OpenStandardError();
var terminal = new Terminal(input, output, error)
{
    Prompt = Console.IsInputRedirected || Console.IsOutputRedirected ? null : PromptEditor.TryCreate,
};
return await KvCommand.RunAsync(args, terminal).ConfigureAwait(false);

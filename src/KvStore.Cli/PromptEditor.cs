using System.Text;
using RadLine;
using Spectre.Console;

namespace KvStore.Cli;

/// <summary>A prompt with line editing and history on a terminal, and plain reading on one that cannot do that.</summary>
internal sealed class PromptEditor : ILineSource
{
    private readonly LineEditor _editor;
    private readonly Prompt _prompt = new();
    private bool _ended;

    private PromptEditor()
    {
        _editor = new LineEditor { MultiLine = false, Prompt = _prompt };
        _editor.KeyBindings.Add<PreviousHistoryCommand>(ConsoleKey.UpArrow);
        _editor.KeyBindings.Add<NextHistoryCommand>(ConsoleKey.DownArrow);
        _editor.KeyBindings.Add(ConsoleKey.D, ConsoleModifiers.Control, () => new EndCommand(this));
    }

    /// <summary>An editor for the console; one that reads plain lines where it cannot move the cursor.</summary>
    public static ILineSource TryCreate() =>
        LineEditor.IsSupported(AnsiConsole.Console) ? new PromptEditor() : new PlainPrompt();

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(string prompt)
    {
        _prompt.Text = Markup.Escape(prompt.TrimEnd());
        var text = await _editor.ReadLine(CancellationToken.None);
        return _ended || text is null ? null : Encoding.UTF8.GetBytes(text);
    }

    private sealed class Prompt : ILineEditorPrompt
    {
        public string Text { get; set; } = "";

        public (Markup Markup, int Margin) GetPrompt(ILineEditorState state, int line) => (new Markup(Text), 1);
    }

    // Ctrl-D ends the session on an empty line, and deletes on any other, as in a shell.
    private sealed class EndCommand(PromptEditor owner) : LineEditorCommand
    {
        public override void Execute(LineEditorContext context)
        {
            if (context.Buffer.Length > 0)
            {
                context.Execute(new DeleteCommand());
                return;
            }
            owner._ended = true;
            context.Submit(SubmitAction.Submit);
        }
    }

    private sealed class PlainPrompt : ILineSource
    {
        public async Task<byte[]?> ReadAsync(string prompt)
        {
            await Console.Out.WriteAsync(prompt);
            var text = await Console.In.ReadLineAsync();
            return text is null ? null : Encoding.UTF8.GetBytes(text);
        }
    }
}

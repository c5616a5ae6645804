using Microsoft.Playwright;

namespace Parity.Browser.Tests;

/// <summary>Writes down what a page asks for and complains of until it is closed.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    public OpenPage(IPage page)
    {
        Page = page;
        page.Request += OnRequest;
        page.RequestFailed += OnRequestFailed;
        page.PageError += OnPageError;
        page.Dialog += OnDialog;
        page.Console += OnConsole;
    }

    public IPage Page { get; }

    public List<string> Requests { get; } = [];

    /// <summary>Failed requests, script errors, warnings on the console, and dialogs, which only injected markup could open.</summary>
    public List<string> Errors { get; } = [];

    public async ValueTask DisposeAsync() => await Page.CloseAsync();

    private void OnRequest(object? sender, IRequest request) => Requests.Add(request.Url);

    private void OnRequestFailed(object? sender, IRequest request) => Errors.Add($"failed: {request.Url}");

    private void OnPageError(object? sender, string error) => Errors.Add(error);

    private async void OnDialog(object? sender, IDialog dialog)
    {
        Errors.Add($"dialog: {dialog.Message}");
        await dialog.DismissAsync();
    }

    private void OnConsole(object? sender, IConsoleMessage message)
    {
        if (message.Type is "error" or "warning")
            Errors.Add(message.Text);
    }
}

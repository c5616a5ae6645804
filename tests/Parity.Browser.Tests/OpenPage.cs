using Microsoft.Playwright;

namespace Parity.Browser.Tests;

/// <summary>A page with what it asked for and complained of since it was opened.</summary>
public sealed class OpenPage : IAsyncDisposable
{
    public OpenPage(IPage page)
    {
        Page = page;
        page.Request += (_, request) => Requests.Add(request.Url);
        page.RequestFailed += (_, request) => Errors.Add($"failed: {request.Url}");
        page.PageError += (_, error) => Errors.Add(error);
        page.Dialog += async (_, dialog) =>
        {
            Errors.Add($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Errors.Add(message.Text);
        };
    }

    public IPage Page { get; }

    public List<string> Requests { get; } = [];

    public List<string> Errors { get; } = [];

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();
}

namespace Parity.Browser.Tests;

/// <summary>WCAG 2.2 contrast ratio of one element's own text against what lies behind it.</summary>
public sealed class TextContrast
{
    /// <summary>Measures each element with text of its own; text over a photograph carries an outline and is left out.</summary>
    public const string Script = """
        () => {
          const parse = (css) => { const n = css.match(/[\d.]+/g).map(Number); return { rgb: n.slice(0, 3), alpha: n.length > 3 ? n[3] : 1 }; };
          const luminance = (rgb) => rgb.map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
            .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = (element) => {
            for (let e = element; e; e = e.parentElement) {
              const color = parse(getComputedStyle(e).backgroundColor);
              if (color.alpha === 1) return color.rgb;
              if (color.alpha > 0) throw new Error("translucent background on " + e.className);
            }
            return [255, 255, 255];
          };
          return [...document.querySelectorAll("body *")]
            .filter((e) => !e.closest(".viewer") && e.tagName !== "title" && e.checkVisibility())
            .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== ""))
            .map((e) => {
              const style = getComputedStyle(e), ink = parse(e instanceof SVGElement ? style.fill : style.color);
              const [a, b] = [luminance(ink.rgb), luminance(behind(e))];
              return { Ratio: ink.alpha === 1 ? (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) : 0, Text: e.textContent.trim().slice(0, 60) };
            });
        }
        """;

    public double Ratio { get; set; }

    public string Text { get; set; } = "";

    public override string ToString() => $"{Ratio:0.00} {Text}";
}

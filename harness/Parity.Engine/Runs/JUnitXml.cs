using System.Globalization;
using System.Text;
using System.Xml;
using Parity.Core;

namespace Parity.Engine.Runs;

/// <summary>The verdict as JUnit XML, one case per target and clause: inconclusive is a failure, not run an error, so that neither releases.</summary>
public static class JUnitXml
{
    public static void Write(Stream stream, VerdictRecord verdict)
    {
        var settings = new XmlWriterSettings { Indent = true, Encoding = new UTF8Encoding(false), NewLineChars = "\n" };
        using var xml = XmlWriter.Create(stream, settings);
        xml.WriteStartElement("testsuites");
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(verdict.Suite));
        xml.WriteAttributeString("tests", verdict.Clauses.Length.ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("failures", verdict.Clauses.Count(c => c.Verdict is Verdict.Fail or Verdict.Inconclusive).ToString(CultureInfo.InvariantCulture));
        xml.WriteAttributeString("errors", verdict.Clauses.Count(c => c.Verdict is Verdict.NotRun).ToString(CultureInfo.InvariantCulture));
        foreach (ClauseRecord clause in verdict.Clauses)
        {
            xml.WriteStartElement("testcase");
            xml.WriteAttributeString("classname", Clean($"{verdict.Suite}.{clause.Target}"));
            xml.WriteAttributeString("name", Clean(clause.Clause));
            if (clause.Verdict != Verdict.Pass)
            {
                xml.WriteStartElement(clause.Verdict == Verdict.NotRun ? "error" : "failure");
                xml.WriteAttributeString("type", clause.Verdict.ToString());
                xml.WriteAttributeString("message", Clean(clause.Reason));
                xml.WriteEndElement();
            }
            else
            {
                xml.WriteElementString("system-out", Clean(clause.Reason));
            }
            xml.WriteEndElement();
        }
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static string Clean(string text) => string.Concat(text.Where(XmlConvert.IsXmlChar));
}

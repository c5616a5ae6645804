# The verbs of run.sh for PowerShell: demo (none), setup, test, or any verb of parity. Untested here: this workplace has no PowerShell.
$ErrorActionPreference = 'Stop'
$root = $PSScriptRoot
$cli = Join-Path $root 'harness/Parity.Cli/Parity.Cli.csproj'
$parity = Join-Path $root 'harness/Parity.Cli/bin/Release/net10.0/parity.dll'

function Invoke-Checked([string] $file, [string[]] $arguments) {
    & $file @arguments
    if ($LASTEXITCODE -ne 0) { exit $LASTEXITCODE }
}

function Initialize-Parity([string] $project) {
    if (-not (Test-Path (Join-Path $root 'node_modules/com.github.asus4.onnxruntime'))) {
        Push-Location $root
        try { Invoke-Checked npm @('ci', '--ignore-scripts') } finally { Pop-Location }
    }
    Invoke-Checked dotnet @('build', $project, '-c', 'Release', '-v', 'quiet', '--nologo')
}

$verb = if ($args.Count -gt 0) { $args[0] } else { 'demo' }
switch ($verb) {
    'setup' { Initialize-Parity (Join-Path $root 'Parity.sln') }
    'test' {
        Initialize-Parity (Join-Path $root 'Parity.sln')
        Invoke-Checked dotnet @('test', (Join-Path $root 'Parity.sln'), '-c', 'Release', '--no-build', '--nologo')
    }
    'demo' {
        Initialize-Parity $cli
        & dotnet $parity run (Join-Path $root 'suites/demo.yaml') --out (Join-Path $root 'artifacts/demo')
        if ($LASTEXITCODE -gt 2) { exit $LASTEXITCODE } else { exit 0 }
    }
    default {
        Initialize-Parity $cli
        & dotnet $parity @args
        exit $LASTEXITCODE
    }
}

/**
 * The completion scripts. They ask `kubectl-psp __complete WORDS...` and read its lines
 * `value<TAB>description` and `:directive` (see complete.ts).
 */

// For bash 3.2 too, which macOS has: no mapfile, no negative index, no compopt.
const bash = `# bash completion for kubectl psp and kubectl-psp

_kubectl_psp() {
  local rest=\${COMP_LINE:0:COMP_POINT} word trimmed i n=0
  local -a words
  # bash also splits at = and :, which belong to the word.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    trimmed=\${rest#"\${rest%%[![:space:]]*}"}
    if ((i == COMP_CWORD)); then word=$trimmed; fi
    if ((n > 0)) && [[ $trimmed == "$rest" ]]; then
      words[n - 1]+=$word
    else
      words[n]=$word
      n=$((n + 1))
    fi
    rest=\${trimmed#"$word"}
  done
  local current=\${words[n - 1]} program=\${words[0]} from=1
  if [[ \${program##*/} == kubectl ]]; then program=kubectl-psp from=2; fi
  for ((i = 0; i < n; i++)); do
    word=\${words[i]//[\\\\\\'\\"]/}
    if [[ $word == "~/"* ]]; then word=$HOME/\${word#"~/"}; fi
    words[i]=$word
  done
  if [[ $program == "~/"* ]]; then program=$HOME/\${program#"~/"}; fi

  # What stands before the part that bash replaces.
  local flag= head= mark
  if [[ $current == -*=* ]]; then flag=\${current%%=*}=; fi
  for mark in : =; do
    if [[ $COMP_WORDBREAKS == *"$mark"* && $current == *"$mark"* ]]; then
      word=\${current%"\${current##*"$mark"}"}
      if ((\${#word} > \${#head})); then head=$word; fi
    fi
  done

  local line directive=4 value
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :[0-9]*) directive=\${line#:} ;;
      *)
        value=$flag\${line%%$'\\t'*}
        value=\${value#"$head"}
        if [[ $value == *[!A-Za-z0-9_./:=@%+,-]* ]]; then printf -v value %q "$value"; fi
        COMPREPLY[\${#COMPREPLY[@]}]=$value
        ;;
    esac
  done < <("$program" __complete "\${words[@]:from}" </dev/null 2>/dev/null)
  if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
  if ((directive & 4)); then compopt +o default 2>/dev/null; fi
  return 0
}

_kubectl_psp_under_kubectl() {
  if [[ $COMP_CWORD -ge 2 && \${COMP_WORDS[1]} == psp ]]; then
    _kubectl_psp
    return
  fi
  if ! declare -F __start_kubectl >/dev/null; then
    if declare -F _comp_load >/dev/null; then
      _comp_load kubectl
    elif declare -F _completion_loader >/dev/null; then
      _completion_loader kubectl
    fi
    complete -o default -F _kubectl_psp_under_kubectl kubectl
  fi
  if declare -F __start_kubectl >/dev/null; then __start_kubectl "$@"; fi
}

complete -o default -F _kubectl_psp kubectl-psp
if ! declare -F __start_kubectl >/dev/null || ! type -P kubectl_complete-psp >/dev/null; then
  complete -o default -F _kubectl_psp_under_kubectl kubectl
fi
`;

const zsh = `#compdef kubectl-psp
# zsh completion for kubectl psp and kubectl-psp

_kubectl_psp() {
  local program=\${(Q)words[1]} from=2 line value directive=4
  if [[ \${program:t} == kubectl ]]; then program=kubectl-psp from=3; fi
  local -a asked answers shown space
  asked=("\${(@Q)words[from,CURRENT]}")
  asked=("\${(@)asked/#\\~\\//$HOME/}")
  program=\${program/#\\~\\//$HOME/}
  answers=("\${(@f)$("$program" __complete "\${(@)asked}" </dev/null 2>/dev/null)}")
  for line in "\${(@)answers}"; do
    case $line in
      ('') ;;
      (:<->) directive=\${line#:} ;;
      (*)
        value=\${line%%$'\\t'*}
        shown+=("\${value//:/\\\\:}\${\${(M)line#*$'\\t'}:+:\${line#*$'\\t'}}")
        ;;
    esac
  done
  if [[ $PREFIX == -*=* ]]; then compset -P 1 '*='; fi
  if ((directive & 2)); then space=(-S ''); fi
  if ((\${#shown})); then _describe -V 'kubectl psp' shown "\${(@)space}"; fi
  if ! ((directive & 4)); then _files; fi
}

_kubectl_psp_under_kubectl() {
  if ((CURRENT > 2)) && [[ $words[2] == psp ]]; then
    _kubectl_psp
  elif ((\${+functions[_kubectl]})); then
    _kubectl "$@"
  else
    _default
  fi
}

if [[ $funcstack[1] == _kubectl-psp ]]; then
  _kubectl_psp "$@"
else
  compdef _kubectl_psp kubectl-psp
  if ! ((\${+functions[_kubectl]} && \${+commands[kubectl_complete-psp]})); then
    compdef _kubectl_psp_under_kubectl kubectl
  fi
fi
`;

const fish = `# fish completion for kubectl psp and kubectl-psp

function __kubectl_psp_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    set -e words[1]
    if string match -qr '(^|/)kubectl$' -- $program
        set program kubectl-psp
        set -e words[1]
    end
    set -l words (string replace -r '^~/' "$HOME/" -- $words)
    set -l answers (command $program __complete $words "$current" </dev/null 2>/dev/null)
    or return
    set -l directive (string replace : '' -- $answers[-1])
    set -e answers[-1]
    set -l flag (string match -r -- '^-[^=]*=' "$current")
    for line in $answers
        echo "$flag$line"
    end
    if test "$directive" -lt 4
        for file in (__fish_complete_path (string replace -r -- '^-[^=]*=' '' "$current"))
            echo "$flag$file"
        end
    end
end

function __kubectl_psp_under_kubectl
    set -l words (commandline -opc)
    test (count $words) -ge 2
    and test "$words[2]" = psp
    and not begin
        functions -q __kubectl_perform_completion
        and type -q kubectl_complete-psp
    end
end

complete -c kubectl-psp -f -a '(__kubectl_psp_complete)'
complete -c kubectl -n __kubectl_psp_under_kubectl -f -a '(__kubectl_psp_complete)'
`;

// Empty arguments get lost on the way to a program before PowerShell 7.3.
const powershell = `# PowerShell completion for kubectl psp and kubectl-psp

$__kubectlPspComplete = {
    param($wordToComplete, $commandAst, $cursorPosition)
    $elements = @($commandAst.CommandElements | Where-Object { $_.Extent.StartOffset -lt $cursorPosition })
    $words = @($elements | ForEach-Object { $_.Extent.Text.Trim("'", '"') })
    if ($elements.Count -gt 0 -and $elements[-1].Extent.EndOffset -lt $cursorPosition) { $words += '' }
    $program = $words[0]
    $skip = 1
    if ([System.IO.Path]::GetFileNameWithoutExtension($program) -eq 'kubectl') {
        if ($words.Count -lt 3 -or $words[1] -ne 'psp') {
            if ($__kubectlCompleterBlock) { & $__kubectlCompleterBlock $wordToComplete $commandAst $cursorPosition }
            return
        }
        $program = 'kubectl-psp'
        $skip = 2
    }
    $asked = @($words | Select-Object -Skip $skip)
    if ($PSVersionTable.PSVersion -lt [version]'7.3' -or $PSNativeCommandArgumentPassing -eq 'Legacy') {
        $asked = @($asked | ForEach-Object { if ($_ -eq '') { '""' } else { $_ } })
    }
    $current = $words[-1]
    $flag = if ($current -match '^-[^=]*=') { $Matches[0] } else { '' }
    $answers = @(& $program __complete @asked 2>$null)
    foreach ($line in $answers) {
        if ($line -match '^:\\d+$') { continue }
        $value, $help = $line -split ([char]9), 2
        if (-not $help) { $help = $value }
        $text = "$flag$value"
        if ($text -match '[^\\w./:=@%+,-]') { $text = "'" + $text.Replace("'", "''") + "'" }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $help)
    }
}

Register-ArgumentCompleter -Native -CommandName 'kubectl-psp' -ScriptBlock $__kubectlPspComplete
if (-not ($__kubectlCompleterBlock -and (Get-Command kubectl_complete-psp -ErrorAction SilentlyContinue))) {
    Register-ArgumentCompleter -Native -CommandName 'kubectl' -ScriptBlock $__kubectlPspComplete
}
`;

/** The script of each shell, as it is printed. */
export const scripts = {bash, zsh, fish, powershell} as const;

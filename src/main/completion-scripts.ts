/** Shells for which there is a script. */
export const shells = ["bash", "zsh", "fish"] as const;

export type Shell = (typeof shells)[number];

/** What a shell loads to complete words: it asks `probeplane __complete`, which knows commands, options, kinds, and names from the server. */
export const completionScripts: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for probeplane
_probeplane() {
  local words line
  COMPREPLY=()
  words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  while IFS= read -r line; do
    COMPREPLY+=("\${line%%$'\\t'*}")
  done < <(probeplane __complete -- "\${words[@]}" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == :files ]]; then
    COMPREPLY=()
    compopt -o default 2>/dev/null
  fi
}
complete -F _probeplane probeplane
`,
  zsh: `#compdef probeplane
# zsh completion for probeplane
_probeplane() {
  local -a lines
  lines=("\${(@f)$(probeplane __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "\${lines[1]}" == ":files" ]]; then
    _files
    return
  fi
  local -a described
  local line
  for line in "\${lines[@]}"; do
    [[ -n "$line" ]] && described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe -t values probeplane described
}
if [ "$funcstack[1]" = "_probeplane" ]; then
  _probeplane "$@"
else
  compdef _probeplane probeplane
fi
`,
  fish: `# fish completion for probeplane
function __probeplane_complete
  set -l words (commandline -opc) (commandline -ct)
  set -e words[1]
  set -l found (probeplane __complete -- $words 2>/dev/null)
  if test "$found" = ":files"
    __fish_complete_path (commandline -ct)
  else
    printf '%s\\n' $found
  end
end
complete -c probeplane -f -a '(__probeplane_complete)'
`,
};

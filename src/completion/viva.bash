# Completion of viva for bash. The program itself says what may stand at the cursor.

_viva()
{
	local line=${COMP_LINE:0:COMP_POINT} word text behind=
	local -a words

	read -ra words <<<"$line"
	[[ $line == *[[:space:]] ]] && words+=("")
	word=${words[-1]}
	# Readline replaces only what stands behind the last colon, where colons break words.
	[[ $COMP_WORDBREAKS == *:* ]] && behind=${word%"${word##*:}"}
	while IFS=$'\t' read -r text _; do
		case $text in
		:files)
			compopt -o default
			continue
			;;
		*[:/])
			compopt -o nospace
			;;
		esac
		printf -v text %q "$text"
		COMPREPLY+=("${text#"$behind"}")
	done < <(viva complete -- "${words[@]:1}" 2>/dev/null)
}

complete -F _viva viva

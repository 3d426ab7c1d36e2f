#compdef viva
# Completion of viva for zsh. The program itself says what may stand at the cursor.

local line text item
local -a whole open
local -i files=0

for line in ${(f)"$(viva complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)"}; do
	text=${line%%$'\t'*}
	item=${text//:/\\:}
	[[ $line == *$'\t'* ]] && item+=:${line#*$'\t'}
	case $text in
	(:files) files=1 ;;
	(*[:/]) open+=($item) ;;
	(*) whole+=($item) ;;
	esac
done
(( $#whole )) && _describe -t words viva whole
(( $#open )) && _describe -t terms term open -S ''
(( files )) && _files

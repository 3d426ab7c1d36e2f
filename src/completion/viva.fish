# Completion of viva for fish. The program itself says what may stand at the cursor.

function __viva_complete
    set -l word (commandline -ct)
    set -l words (commandline -opc)
    set -e words[1]
    for line in (viva complete -- $words "$word" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$word"
        else
            printf '%s\n' $line
        end
    end
end

complete -c viva -f -a '(__viva_complete)'

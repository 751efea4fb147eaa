# make.sh - 8350 lines of code among comments.
mkdir -p app/base
i=0
while [ $((i += 1)) -le 8350 ]; do printf '/* a comment */\n\nint line;\n'; done >app/base/long.c

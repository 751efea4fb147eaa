# make.sh - 8200 lines of code among comments.
mkdir -p app/base
i=0
while [ $((i += 1)) -le 8200 ]; do printf '/* a comment */\n\nint line;\n'; done >app/base/long.c

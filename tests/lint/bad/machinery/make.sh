# make.sh - 8000 lines of code among comments.
mkdir -p app/base
i=0
while [ $((i += 1)) -le 8000 ]; do printf '/* a comment */\n\nint line;\n'; done >app/base/long.c

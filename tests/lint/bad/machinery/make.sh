# make.sh - 6900 lines of code among comments.
mkdir -p app/base
i=0
while [ $((i += 1)) -le 6900 ]; do printf '/* a comment */\n\nint line;\n'; done >app/base/long.c

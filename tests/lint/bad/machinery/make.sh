# make.sh - 8450 lines of code among comments.
mkdir -p app/base
i=0
while [ $((i += 1)) -le 8450 ]; do printf '/* a comment */\n\nint line;\n'; done >app/base/long.c

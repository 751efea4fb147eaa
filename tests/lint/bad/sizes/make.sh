# make.sh - a file of 401 lines and a function of 61.
{
  echo '/* long.c - a sample. */'
  echo 'int'
  echo 'long_one(void)'
  echo '{'
  i=0
  while [ $((i += 1)) -le 58 ]; do printf '\t;\n'; done
  echo '}'
  i=0
  while [ $((i += 1)) -le 338 ]; do echo; done
} >app/base/long.c

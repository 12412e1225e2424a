version
# nothing

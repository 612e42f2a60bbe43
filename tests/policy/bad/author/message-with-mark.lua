-- What a document says in a message is shown as it is written.
error([[ 门槛 ]] .. "x")

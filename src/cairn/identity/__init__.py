"""Who did it: from the ids that clients send to persons and accounts."""

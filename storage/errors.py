"""What can go wrong with an object; each message says what is wrong and what to do next."""


class StoreError(Exception):
    """Any refusal or failure of the object store."""


class UnsafeKey(StoreError):
    """The key is not a content address, so it could name something outside the store."""


class WrongDigest(StoreError):
    """The bytes are not those that the key and digest promise; nothing was kept."""


class WrongSize(StoreError):
    """There are fewer or more bytes than promised or allowed; nothing was kept."""


class WrongBytes(StoreError):
    """The store holds other bytes than the object's address promises; none of them was given."""


class NotHeld(StoreError):
    """The store holds no object of this key."""


class Retained(StoreError):
    """The object must be kept until its retention date, and that date may only move later."""


class SignatureRefused(StoreError):
    """The signed address is forged, expired or made for something else."""


class StoreRefused(StoreError):
    """The store cannot do this as it is set up; the message says which setting to change."""


class StoreUnavailable(StoreError):
    """The store does not answer, or not as it should; the same call may succeed later."""
